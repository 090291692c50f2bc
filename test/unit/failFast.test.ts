import type { V1Pod } from "#bundled/kubernetes";
import { expect, it } from "vitest";
import type { Look } from "../../cli/kubernetes/closerLook.ts";
import { untilHopeless } from "../../cli/diagnosis/failFast.ts";
import type { Observation } from "../../cli/kubernetes/observation.ts";
import { ownerLabels } from "../../components/model/objects/labels.ts";
import { judgedHealth } from "../../components/readiness/judgement.ts";
import { as, pod, uses } from "./brokenPods.ts";

const unready = [{ type: "Ready", status: "False", lastTransitionTime: "2026-01-01T00:00:00Z" }];
const running = { state: { running: { startedAt: "2026-01-01T00:00:05Z" } }, ready: false, restartCount: 0 };
const probes = { readinessProbe: { httpGet: { path: "/health", port: 80 } } };
const starting = pod("store", { containers: [running], conditions: unready, probes });
const answer = judgedHealth({ asked: "GET /health on port 80", status: 200, body: "" }, "/health");
const look: Look = { page: { service: "store", ...answer, milliseconds: 3200 } };
const policies = [uses("app", "store"), uses("store")].map(({ spec }) => ({
  metadata: { labels: ownerLabels },
  spec,
}));
const probed = as<object>({
  ...{ reason: "Unhealthy", message: "Readiness probe failed: context deadline exceeded", metadata: {} },
  involvedObject: { uid: "store-1", fieldPath: "spec.containers{store}" },
});

/** What is told first of an environment whose store is still starting, once its pods were asked. */
async function toldOf(app: V1Pod): Promise<string | undefined> {
  const objects: Record<string, unknown[]> = {
    ...{ pods: [starting, app], events: [probed] },
    networkpolicies: policies,
  };
  const observation = as<Observation>({
    ...{ deletedDeployments: [], objects: (kind: string) => objects[kind] ?? [] },
    ...{ settled: () => Promise.resolve(), listen: () => undefined, leave: () => undefined },
    looksAt: () => Promise.resolve(new Map([["store-1", look]])),
  });
  const failure = await untilHopeless({ observation, signal: AbortSignal.timeout(15_000) });
  const [root] = failure?.findings ?? [];
  return root && `${root.service}: ${root.cause}`;
}

it("a service that is still starting is not why another cannot start at all", async () => {
  const message = 'exec: "/nowhere/app": stat /nowhere/app: no such file or directory';
  const waiting = { reason: "RunContainerError", message };
  const broken = { state: { waiting }, ready: false, restartCount: 0 };
  expect(await toldOf(pod("app", { containers: [broken], conditions: unready }))).toBe(
    "app: command-missing",
  );
});
