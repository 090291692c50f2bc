import type { V1Job, V1Pod } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import { stateOf } from "../../cli/diagnosis/diagnosis.ts";
import { findingsIn } from "../../cli/diagnosis/findings.ts";
import type { Observation } from "../../cli/kubernetes/observation.ts";
import { as, crashed, job, podOf } from "./brokenPods.ts";
import { seedAnnotation } from "../../components/model/objects/jobs.ts";
import { ownerLabels } from "../../components/model/objects/labels.ts";

const former = job("seed", "store-seed-former", { filled: "store" });
const current = job("seed", "store-seed-current", { filled: "store", status: {} });
const crashing = (seed: V1Job) => podOf(seed, { containers: [{ ...crashed(2), name: "seed" }] });

/** What is wrong with a service whose Deployment names a seed, or none, beside these Jobs. */
function causes(seed: string | undefined, jobs: V1Job[], pods: V1Pod[]): string[] {
  const annotations = seed === undefined ? {} : { [seedAnnotation]: seed };
  const deployment = { metadata: { name: "store", labels: ownerLabels, annotations } };
  const objects: Record<string, object[]> = { jobs, pods, deployments: [deployment] };
  const observation = as<Observation>({
    deletedDeployments: [],
    objects: (kind: string) => objects[kind] ?? [],
  });
  return findingsIn(stateOf(observation)).map(({ cause, object }) => `${cause} ${object}`);
}

describe("a seed that was corrected", () => {
  it("does not count while the new one fills the service, nor do its pods", () => {
    expect(causes("store-seed-current", [former, current], [crashing(former)])).toEqual([]);
  });

  it("does not count by a pod that outlives its Job", () => {
    expect(causes("store-seed-current", [current], [crashing(former)])).toEqual([]);
  });

  it("does not hide that the new one fails", () => {
    expect(causes("store-seed-former", [current, former], [crashing(former)])).toEqual([
      "seed-failed Pod/store-seed-former-1",
    ]);
  });

  it("does not count once the service has no seed any more", () => {
    expect(causes(undefined, [former], [crashing(former)])).toEqual([]);
  });
});
