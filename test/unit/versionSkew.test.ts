import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clients, clientSkews, testedVersion, versionSkew } from "../../cli/access/versionSkew.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { kubernetesRelease } from "../../local/versions.ts";
import "./seed.ts";

/** What `/version` answers: `gitVersion` of clusters of several makers. */
const recorded: [version: string, minor: number][] = [
  ["v1.36.2", 36],
  ["v1.33.4-gke.1172000", 33],
  ["v1.34.1-eks-113cf36", 34],
  ["v1.35.0+k3s1", 35],
  ["v1.36.0-rc.1", 36],
  ["v1.37.0-alpha.2.130+0123456789abcd-dirty", 37],
];

const of = (version: string, name = "the cluster") => ({ name, version });

describe("the skew of two clusters", () => {
  it.each(recorded)("is read from %s", (version, minor) => {
    expect(versionSkew(of(version), of(`v1.${String(minor)}.9`))).toBeUndefined();
    expect(versionSkew(of(version, "staging"), of("v1.20.0", "production"))).toBe(
      `staging has Kubernetes 1.${String(minor)}, production 1.20`,
    );
  });

  it.each(["", "v1", "1.x", "v1.36abc", "unknown", "v99999.1"])(
    "is nothing where it cannot be read: %j",
    (version) => {
      expect(versionSkew(of(version), of("v1.20.0"))).toBeUndefined();
    },
  );

  it("is told exactly where more minor versions lie between them than are allowed, from either side", () => {
    const minor = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(minor, minor, fc.integer({ min: 0, max: 3 }), (one, other, allowed) => {
        const [first, second] = [of(`v1.${String(one)}.2`), of(`v1.${String(other)}.0`)];
        const isTold = versionSkew(first, second, allowed) !== undefined;
        expect(isTold).toBe(Math.abs(one - other) > allowed);
        expect(versionSkew(second, first, allowed) !== undefined).toBe(isTold);
      }),
    );
  });

  it("is told between major versions, whatever the minor ones are", () => {
    expect(versionSkew(of("v1.36.0"), of("v2.36.0"), 3)).toBeDefined();
  });
});

describe("the skew of the clients", () => {
  it("is not told of the version that the tests run with, nor of one within Kubernetes' policy", () => {
    for (const version of ["v1.36.2", "v1.36.0-eks-1", "v1.32.5", "v1.33.0", "v1.34.1", ""])
      expect(clientSkews(version), version).toEqual([]);
  });

  it("is told of others, with what follows", () => {
    expect(clientSkews("v1.35.0+k3s1")).toEqual([
      "Pulumi's Kubernetes provider has Kubernetes 1.33, the cluster 1.35: what one of them has and the other lacks may fail",
    ]);
    expect(clientSkews("v1.31.4")).toHaveLength(1);
  });

  it("is that of what is built and tested", () => {
    expect(kubernetesRelease.startsWith(`${testedVersion.slice(1)}.`)).toBe(true);
    const modules = join(projectRoot, "local", "tools", "pulumi-resource-kubernetes", "go.mod");
    const [, minor = ""] = /k8s\.io\/client-go v0\.(\d+)/.exec(readFileSync(modules, "utf8")) ?? [];
    expect(clients.map(({ version }) => version)).toEqual([`v1.${minor}`]);
  });
});
