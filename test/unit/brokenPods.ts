import type { V1Job, V1NetworkPolicy, V1Pod } from "#bundled/kubernetes";
import type { EnvironmentState } from "../../cli/kubernetes/environmentState.ts";
import { jobLabels, type JobRole } from "../../components/model/objects/jobs.ts";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import { findingsIn } from "../../cli/diagnosis/findings.ts";

export const nothing: EnvironmentState = {
  ...{ pods: [], deployments: [], jobs: [], events: [], networkPolicies: [], deleted: [] },
};

/** Objects as the API server gives them as JSON. */
// The callers say what they take it for.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function as<T>(object: unknown): T {
  return object as T;
}

interface Life {
  labels?: Record<string, string>;
  containers?: object[];
  conditions?: object[];
  phase?: string;
  probes?: object;
  metadata?: object;
  status?: object;
}

export function pod(
  name: string,
  { labels, containers = [], conditions = [], phase = "Running", probes, ...more }: Life = {},
) {
  return as<V1Pod>({
    metadata: {
      ...{ name: `${name}-1`, uid: `${name}-1`, creationTimestamp: "2026-01-01T00:00:00Z" },
      labels: { ...workloadLabels(name), ...labels },
      ...more.metadata,
    },
    spec: { nodeName: "node", containers: [{ name, resources: { limits: { memory: "64Mi" } }, ...probes }] },
    status: {
      ...{ phase, conditions },
      containerStatuses: containers.map((container) => ({ name, ...container })),
      ...more.status,
    },
  });
}

/** A Job of an environment that has failed, unless it is said to be in another state. */
export function job(
  role: JobRole,
  name: string,
  { filled, ...more }: { filled?: string; status?: object; spec?: object } = {},
) {
  const status = { conditions: [{ type: "Failed", status: "True", message: "has failed" }] };
  return as<V1Job>({ metadata: { name, labels: jobLabels(role, filled) }, status, ...more });
}

/** A pod of that Job. */
export function podOf({ metadata }: V1Job, life: Life) {
  const labels = { ...metadata?.labels, "batch.kubernetes.io/job-name": metadata?.name ?? "" };
  return pod(metadata?.name ?? "", { ...life, labels });
}

export const waits = (reason: string, message = "") => ({
  state: { waiting: { reason, message } },
  restartCount: 0,
});
export const crashed = (restartCount: number, more: object = {}) => ({
  ...{ name: "app", restartCount, ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } },
  lastState: {
    terminated: { exitCode: 1, startedAt: "2026-01-01T00:01:00Z", message: "first\nno database\n", ...more },
  },
});
export const ready = (since = "2026-01-01T00:00:30Z") => [
  { type: "Ready", status: "True", lastTransitionTime: since },
];

export function uses(from: string, ...to: string[]): V1NetworkPolicy {
  const selector = (name: string) => ({ matchLabels: { "app.kubernetes.io/name": name } });
  const egress = to.map((name) => ({ to: [{ podSelector: selector(name) }] }));
  return as({ metadata: { name: `pods-${from}` }, spec: { podSelector: selector(from), egress } });
}

export const one = (state: Partial<EnvironmentState>) => findingsIn({ ...nothing, ...state });
