import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectRoot } from "../../foundation/folders.ts";
import type { Manifest } from "../../rendering/manifests.ts";
import { goldenStacks } from "../golden/stacks.ts";
import type { V1Service } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import { gateFindings } from "../../cli/diagnosis/gate.ts";
import type { EnvironmentState } from "../../cli/kubernetes/environmentState.ts";
import { as, job } from "./brokenPods.ts";

const template = (image: string, more: object = {}) => ({
  metadata: { labels: { app: "catalogue", ...more } },
  spec: { containers: [{ name: "catalogue", image, ports: [{ name: "r1", containerPort: 80 }] }] },
});
const replicaSet = (image: string, creationTimestamp: string, hash: string) => ({
  metadata: { creationTimestamp, ownerReferences: [{ uid: "d" }] },
  spec: { template: template(image, { "pod-template-hash": hash }) },
});

/** An environment whose readiness Job ended well, and whose Deployment has that image now. */
function state(image: string, ...replicaSets: object[]): EnvironmentState {
  const gate = {
    metadata: { name: "readiness", labels: { "dynenv/job": "readiness" } },
    spec: { template: { metadata: { annotations: { "dynenv/commit": "9dff06f" } } } },
    status: { conditions: [{ type: "Complete", status: "True" }] },
  };
  const deployment = { metadata: { name: "catalogue", uid: "d" }, spec: { template: template(image) } };
  const all: unknown = {
    ...{ pods: [], events: [], networkPolicies: [], deleted: [] },
    ...{ jobs: [gate], deployments: [deployment], replicaSets },
  };
  return all as EnvironmentState;
}

describe("a readiness Job that ended well", () => {
  const first = replicaSet("a", "2026-03-01T12:00:00Z", "1");
  const second = replicaSet("b", "2026-03-01T13:00:00Z", "2");

  it("says nothing of pods that somebody changed since", () => {
    const [finding] = gateFindings(state("b", second, first), []);
    expect(finding).toMatchObject({
      cause: "not-checked",
      evidence: "its readiness Job asked the pods of catalogue before somebody changed them",
    });
  });

  it("says nothing of a commit that the namespace was marked with since", () => {
    const evidence = (commit: string) =>
      gateFindings(state("a", first), [], commit).map((finding) => finding.evidence);
    expect(evidence("9dff06f")).toEqual([]);
    expect(evidence("1a2b3c4")).toEqual([
      'its readiness Job asked for commit "9dff06f", and its namespace is marked with "1a2b3c4"',
    ]);
  });

  it("says nothing of the pods of another revision", () => {
    const evidence = (asked: string, ...revisions: string[]) => {
      const others = state("a", first);
      const template = { metadata: { annotations: { "dynenv/revisions": asked } } };
      const ports = revisions.map((targetPort) => ({ name: "catalogue", targetPort }));
      const own = { selector: workloadLabels("catalogue"), ports: [{ port: 80 }] };
      const services = as<V1Service[]>([
        { metadata: { name: "readiness-1" }, spec: { ports } },
        { metadata: { name: "catalogue" }, spec: own },
      ]);
      const status = { conditions: [{ type: "Complete", status: "True" }] };
      const gate = job("readiness", "readiness", { status, spec: { template } });
      return gateFindings({ ...others, services, jobs: [gate] }, []).map((finding) => finding.evidence);
    };
    expect(evidence("readiness-1", "r1")).toEqual([]);
    expect(evidence("readiness-1", "r0")).toEqual(["its readiness Job asked another revision of catalogue"]);
    expect(evidence("readiness-0", "r1")).toEqual([
      "its readiness Job asked revisions that are there no longer",
    ]);
  });

  it("holds for the pods that it asked, also after a restart and a change that was taken back", () => {
    const restarted = replicaSet("a", "2026-03-01T13:00:00Z", "3");
    for (const sets of [[], [first], [first, restarted], [first, second]])
      expect(gateFindings(state("a", ...sets), [])).toEqual([]);
  });
});

describe("a Service that", () => {
  const service = (selector: object, targetPort: unknown) => ({
    metadata: { name: "catalogue" },
    spec: { selector, ports: [{ port: 80, targetPort }] },
  });
  const external = {
    metadata: { name: "catalogue" },
    spec: { type: "ExternalName", selector: workloadLabels("catalogue"), ports: [] },
  };
  const evidence = (...services: object[]) =>
    gateFindings({ ...state("a"), services }, []).map((finding) => finding.evidence);
  const said = "no Service leads to catalogue as it did when its readiness Job ended";

  it.each([
    ["selects nothing", [service({}, 80)], [said]],
    ["selects other pods", [service({ app: "nobody" }, 80)], [said]],
    ["leads to another port", [service(workloadLabels("catalogue"), 81)], [said]],
    ["selects all pods", [service({ "app.kubernetes.io/part-of": "dynenv" }, 80)], [said]],
    ["leads to another name", [external], [said]],
    ["is gone", [], [said]],
    ["leads to the port by its number", [service(workloadLabels("catalogue"), 80)], []],
    ["leads to the port by its name", [service(workloadLabels("catalogue"), "r1")], []],
  ])("%s is seen", (_what, services, expected) => {
    expect(evidence(...services)).toEqual(expected);
  });
});

it.each(Object.keys(goldenStacks))("an environment as it is made holds: %s", (name) => {
  const text = readFileSync(join(projectRoot, "test", "golden", `${name}.yaml`), "utf8");
  const all = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const of = (kind: string) => all.filter((one) => one.kind === kind);
  const status = { conditions: [{ type: "Complete", status: "True" }] };
  const state = {
    ...{ pods: [], events: [], networkPolicies: [], deleted: [] },
    jobs: of("Job").map((one) => ({ ...one, status })),
    deployments: of("Deployment"),
    services: of("Service"),
  };
  expect(state.deployments.length).toBeGreaterThan(1);
  expect(gateFindings(state as unknown as EnvironmentState, [])).toEqual([]);
});
