import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KubeConfig } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { created } from "../../cli/access/permissions.ts";
import { listers } from "../../cli/diagnosis/snapshot.ts";
import { lasting } from "../../cli/environment/drift.ts";
import { projectRoot } from "../../foundation/folders.ts";
import type { Manifest } from "../../rendering/manifests.ts";
import { goldenStacks } from "../golden/stacks.ts";

/** What all golden stacks have in their namespaces, as `apps Deployment`. */
const inGoldens = new Set(
  Object.keys(goldenStacks)
    .flatMap((name) =>
      parseAllDocuments(readFileSync(join(projectRoot, "test", "golden", `${name}.yaml`), "utf8")),
    )
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => kind !== "Namespace")
    .map(({ apiVersion, kind }) => `${String(apiVersion).replace(/\/?v\d+$/, "")} ${kind}`),
);

/** `NetworkPolicy` is asked for as `networkpolicies`, `Ingress` as `ingresses`. */
function resourceOf(kind: string): string {
  return `${kind.toLowerCase().replace(/y$/, "ie").replace(/ss$/, "sse")}s`;
}

describe("a kind that pulumi up creates", () => {
  it("may be created by the CI identity, which may create no other", () => {
    const wanted = [...inGoldens].map((one) => {
      const [group = "", kind = ""] = one.split(" ");
      return `${group} ${resourceOf(kind)}`;
    });
    expect(created.map(([group, resource]) => `${group} ${resource}`).sort()).toEqual(wanted.sort());
  });

  it.each([...inGoldens].map((one) => one.split(" ")[1] ?? ""))(
    "is listed when an environment is looked at: %s",
    (kind) => {
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: "c", server: "https://c.example.com", skipTLSVerify: false },
        { name: "u" },
      );
      expect(Object.keys(listers(config, "env-a"))).toContain(resourceOf(kind));
      // A Job that is over may be gone.
      expect(lasting[kind]).toBe(kind === "Job" ? undefined : resourceOf(kind));
    },
  );
});
