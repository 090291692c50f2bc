import type { CoreV1Event } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import { as, one, pod } from "./brokenPods.ts";

describe("a claim that gets no volume", () => {
  const message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found";
  const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
  const waiting = pod("db", { conditions, phase: "Pending" });
  Object.assign(waiting.spec ?? {}, { volumes: [{ persistentVolumeClaim: { claimName: "db" } }] });
  const event = (name: string, reason: string, text: string) =>
    as<CoreV1Event>({
      ...{ reason, message: text, involvedObject: { kind: "PersistentVolumeClaim", name } },
      metadata: { creationTimestamp: "2026-01-01T00:00:00Z" },
    });
  const found = (...events: CoreV1Event[]) => one({ pods: [waiting], events });

  it("is told by what the cluster says of it, else by the scheduler", () => {
    const failed = event("db", "ProvisioningFailed", 'class "nowhere" not found');
    const others = [
      event("other", "ProvisioningFailed", "of another one"),
      event("db", "WaitForFirstConsumer", "waiting for first consumer"),
    ];
    expect(found(failed, ...others)).toMatchObject([
      { cause: "volume-unbound", service: "db", evidence: 'claim db: class "nowhere" not found' },
    ]);
    expect(found(...others)).toMatchObject([
      { cause: "volume-unbound", evidence: expect.stringContaining("has unbound immediate") as string },
    ]);
  });
});
