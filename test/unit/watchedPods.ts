import type { CoreV1Event, V1Pod } from "#bundled/kubernetes";
import fc from "fast-check";
import { seeEvent, seePod, type Pods } from "../../cli/view/pods.ts";

/** What the two watches tell of one pod, at one moment. */
export type Told =
  { uid: string; type: string; pod: V1Pod } | { uid: string; reason: string; message?: string };

interface Life {
  labels?: Record<string, string>;
  node?: boolean;
  state?: object;
  isReady?: boolean;
  phase?: string;
  isDeleted?: boolean;
}

/** A pod with one container, as the API server gives it as JSON. */
export function podOf(uid: string, life: Life = {}): V1Pod {
  const { labels = { "app.kubernetes.io/name": "deals" }, node, state, isReady, phase, isDeleted } = life;
  const pod: object = {
    metadata: {
      ...{ uid, name: `pod-${uid}`, labels },
      ...(isDeleted && { deletionTimestamp: new Date(0) }),
    },
    spec: { containers: [], ...(node && { nodeName: "node" }) },
    status: {
      phase: phase ?? "Pending",
      conditions: [{ type: "Ready", status: isReady ? "True" : "False" }],
      ...(state && { containerStatuses: [{ state }] }),
    },
  };
  return pod;
}

export const jobLabels = (job: string) => ({ "batch.kubernetes.io/job-name": job });
const startedAt = "2026-01-01T00:00:00Z";
export const running = { running: { startedAt } };
export const waiting = (reason: string) => ({ waiting: { reason } });
export const ended = (exitCode: number) => ({
  terminated: { exitCode, startedAt, reason: exitCode === 0 ? "Completed" : "Error" },
});

/** What a watch tells while a pod comes into being and goes. */
export const wholeLife: Life[] = [
  {},
  { node: true },
  { node: true, state: waiting("ContainerCreating") },
  { node: true, state: running },
  { node: true, state: running, isReady: true, phase: "Running" },
  { node: true, state: running, isReady: true, phase: "Running", isDeleted: true },
];

export const added = (uid: string, life: Life = {}): Told => ({ uid, type: "ADDED", pod: podOf(uid, life) });
export const removed = (uid: string): Told => ({ uid, type: "DELETED", pod: podOf(uid) });

/** Takes in what is told, one each second from the first second on. */
export function seen(told: Told[], pods: Pods = new Map(), from = 1): Pods {
  return told.reduce((known, one, index) => see(known, one, from + index), pods);
}

export function see(pods: Pods, told: Told, seconds: number): Pods {
  if ("pod" in told) return seePod(pods, told.type, told.pod, seconds);
  const { uid, ...event } = told;
  const said: object = { involvedObject: { uid }, ...event };
  return seeEvent(pods, said as CoreV1Event, seconds);
}

const anyLife: fc.Arbitrary<Life> = fc.record(
  {
    labels: fc.constantFrom(
      { "app.kubernetes.io/name": "deals" },
      { "app.kubernetes.io/name": "catalogue" },
      jobLabels("readiness"),
      jobLabels("test-x7k2p"),
    ),
    node: fc.boolean(),
    state: fc.constantFrom(
      running,
      waiting("ContainerCreating"),
      waiting("ImagePullBackOff"),
      ended(0),
      ended(1),
    ),
    isReady: fc.boolean(),
    phase: fc.constantFrom("Pending", "Running", "Succeeded", "Failed"),
    isDeleted: fc.boolean(),
  },
  { requiredKeys: [] },
);

const uid = fc.constantFrom("a", "b", "c");
const anyPod = fc.record({ uid, life: anyLife, type: fc.constantFrom("ADDED", "MODIFIED", "DELETED") });
const anyEvent: fc.Arbitrary<Told> = fc.record({
  uid,
  reason: fc.constantFrom("Scheduled", "Pulling", "Pulled", "FailedScheduling", "FailedMount", "Unhealthy"),
  message: fc.string({ unit: "binary" }),
});

/** Whatever watches may tell, in any order. */
export const anyTold: fc.Arbitrary<Told[]> = fc.array(
  fc.oneof(
    anyPod.map(({ uid, life, type }): Told => ({ uid, type, pod: podOf(uid, life) })),
    anyEvent,
  ),
  { maxLength: 30 },
);
