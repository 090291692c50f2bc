import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { graphs } from "../golden/graphs.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { breakages, changed, changedContainer } from "./breakages.ts";
import { permittedConnections, wantedConnections } from "./connectivity.ts";
import { goldenFiles, manifestsOf } from "./goldenFiles.ts";
import { podTemplates } from "./podTemplates.ts";
import { policyRemovals, ruleRemovals } from "./removals.ts";
import { rules } from "./rules.ts";
import { writeSchemas } from "./schemas.ts";

const checkers = inject("checkers");

/** The HTTPRoute of a golden file with one part of its spec changed. */
function changedRoute(key: string, value: unknown): Manifest {
  const route = structuredClone(manifestsOf("everything.yaml").find(({ kind }) => kind === "HTTPRoute"));
  if (route === undefined) throw new Error("everything.yaml has no HTTPRoute");
  Object.assign(route.spec as object, { [key]: value });
  return route;
}

describe("kubeconform with the schemas of the cluster's version", () => {
  let folder = "";
  let location = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "schemas-"));
    location = await writeSchemas(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** How many documents are valid, and what is said of the others. */
  async function conformance(documents: string): Promise<{ valid: number; complaints: string[] }> {
    // One at a time: several would each compile all schemas.
    const args = ["-strict", "-n", "1", "-summary", "-output", "json", "-schema-location", location];
    const { stdout } = await execa(checkers.kubeconform, args, { input: documents, reject: false });
    const { resources, summary } = JSON.parse(stdout) as {
      resources: { kind: string; name: string; msg: string }[];
      summary: { valid: number; skipped: number };
    };
    expect(summary.skipped).toBe(0);
    return {
      valid: summary.valid,
      complaints: resources.map(({ kind, name, msg }) => `${kind}/${name}: ${msg}`),
    };
  }

  it.each(goldenFiles)("accepts every document of $name", async ({ text, manifests }) => {
    expect(await conformance(text)).toEqual({ valid: manifests.length, complaints: [] });
  });

  it.each<[string, Manifest, RegExp]>([
    ["an unknown field", changedContainer("imagePullPolice", "Always"), /'imagePullPolice' not allowed/],
    ["a number in place of a text", changedContainer("image", 1), /got number, want string/],
    ["a text in place of a number", changed("Deployment/deals", ["spec", "replicas"], "1"), /want integer/],
    [
      "a quantity that is none",
      changedContainer("resources.limits.memory", "128MB"),
      /does not match pattern/,
    ],
    [
      "a port that is neither number nor name",
      changedContainer("readinessProbe", { tcpSocket: { port: true } }),
      /got boolean, want integer or string/,
    ],
    [
      "a field that is missing",
      changed("Deployment/deals", ["spec", "selector"], undefined),
      /missing property/,
    ],
    ["an unknown field of a route", changedRoute("hostname", "a.example.com"), /'hostname' not allowed/],
    ["a route to a host that there cannot be", changedRoute("hostnames", ["a_b"]), /does not match pattern/],
    [
      "a kind that nobody knows",
      changed("Deployment/deals", ["kind"], "Deal"),
      /could not find schema for Deal/,
    ],
  ])("refuses %s", async (_what, manifest, complaint) => {
    const { valid, complaints } = await conformance(JSON.stringify(manifest));
    expect({ valid, complaints }).toEqual({ valid: 0, complaints: [expect.stringMatching(complaint)] });
  });
});

describe("netpol-analyzer", () => {
  const graphOf = (file: string) => {
    const graph = graphs[file];
    if (graph === undefined) throw new Error(`test/golden/graphs.ts does not name the graph of ${file}`);
    return graph;
  };
  const removals = (file: string, removalsOf: typeof policyRemovals) =>
    removalsOf(manifestsOf(file)).map(([part, rest]) => [file, part, rest] as const);

  it.each(goldenFiles)("finds in $name the connections of its graph", async ({ name, manifests }) => {
    const found = await permittedConnections(manifests, checkers.netpolicy);
    expect(found).toEqual(wantedConnections(graphOf(name), manifests));
  });

  it.each([
    ...removals("preview.yaml", policyRemovals),
    ...removals("everything.yaml", policyRemovals),
    ...removals("everything.yaml", ruleRemovals),
  ])("finds other connections in %s without %s", async (file, _part, rest) => {
    const found = await permittedConnections(rest, checkers.netpolicy);
    expect(found).not.toEqual(wantedConnections(graphOf(file), manifestsOf(file)));
  });
});

describe.each(Object.entries(rules))("rule %s", (_name, rule) => {
  it.each(goldenFiles)("holds in $name", ({ manifests }) => {
    expect(rule(manifests)).toEqual([]);
  });
});

describe("a manifest that breaks one rule", () => {
  it.each(breakages)("is reported by %s alone: %s", (rule, violation, manifests) => {
    const reports = Object.entries(rules).map(([name, check]) => [name, check(manifests)] as const);
    const found = reports.filter(([, violations]) => violations.length > 0);
    expect(found).toEqual([[rule, [violation]]]);
  });

  it("exists for every rule", () => {
    expect(new Set(breakages.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)));
  });
});

it("a pod that says so may write to its root file system", () => {
  const writable = changedContainer("securityContext.readOnlyRootFilesystem", undefined);
  for (const { metadata } of podTemplates(writable))
    Object.assign(metadata ?? {}, { annotations: { "dynenv/writable-root": "true" } });
  expect(rules.readOnlyRoot([writable])).toEqual([]);
});
