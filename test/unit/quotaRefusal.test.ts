import { describe, expect, test } from "vitest";
import { isRefusedByQuota } from "../../cli/environment/quotaRefusal.ts";
import type { EnvironmentState } from "../../cli/kubernetes/environmentState.ts";
import { quotaName } from "../../components/model/index.ts";
import { as, job, nothing } from "./brokenPods.ts";

const since = new Date("2026-03-01T12:00:00Z");
const later = new Date("2026-03-01T12:00:01Z");
const message = `pods "x" is forbidden: exceeded quota: ${quotaName}, requested: pods=1`;

function isRefused(kind: string, name: string, event: object = {}): boolean {
  const refusal = { reason: "FailedCreate", message, lastTimestamp: later, involvedObject: { kind, name } };
  const state = as<EnvironmentState>({
    ...{ ...nothing, deployments: [{ metadata: { name: "deals" } }] },
    jobs: [job("readiness", "readiness"), job("test", "test-x7k2p")],
    events: [{ ...refusal, ...event }],
  });
  return isRefusedByQuota(state, since);
}

describe("the quota refuses", () => {
  test.each([
    ["a service", "ReplicaSet", "deals-7d9f6c"],
    ["a Job that comes with the services", "Job", "readiness"],
  ])("%s", (_what, kind, name) => {
    expect(isRefused(kind, name)).toBe(true);
  });
});

describe("the quota does not refuse an environment", () => {
  test("where tests wait for their turn", () => {
    expect(isRefused("Job", "test-x7k2p")).toBe(false);
  });

  test("where somebody's own objects find no room", () => {
    expect(isRefused("ReplicaSet", "somebodys-7d9f6c")).toBe(false);
  });

  test.each([
    ["by what it did before the update", { lastTimestamp: since }],
    ["where another quota does", { message: "exceeded quota: somebodys" }],
    ["where it is something else that happened", { reason: "SuccessfulCreate" }],
  ])("%s", (_how, event) => {
    expect(isRefused("ReplicaSet", "deals-7d9f6c", event)).toBe(false);
  });
});
