import type { CoreV1Event, V1Deployment, V1Job } from "#bundled/kubernetes";
import { describe, expect, test } from "vitest";
import { isRefusedByQuota } from "../../cli/environment/quotaRefusal.ts";
import { jobLabels, quotaName } from "../../components/model/index.ts";

const since = new Date("2026-03-01T12:00:00Z");
const later = new Date("2026-03-01T12:00:01Z");
const message = `pods "x" is forbidden: exceeded quota: ${quotaName}, requested: pods=1`;

const job = (name: string, role: "readiness" | "test") =>
  ({ metadata: { name, labels: jobLabels(role) } }) as V1Job;

function isRefused(kind: string, name: string, event: Partial<CoreV1Event> = {}): boolean {
  const refusal = { reason: "FailedCreate", message, lastTimestamp: later, involvedObject: { kind, name } };
  const state = {
    ...{ pods: [], networkPolicies: [], deleted: [] },
    deployments: [{ metadata: { name: "deals" } } as V1Deployment],
    jobs: [job("readiness", "readiness"), job("test-x7k2p", "test")],
    events: [{ ...refusal, ...event } as CoreV1Event],
  };
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
