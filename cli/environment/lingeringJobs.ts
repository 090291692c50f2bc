import {
  BatchV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Pod,
} from "#bundled/kubernetes";
import { isOurPod } from "../../components/model/index.ts";
import type { Progress } from "../../foundation/work.ts";
import { containerFailed, ownContainer, ownStatus } from "../kubernetes/containerStatuses.ts";
import type { Observation } from "../kubernetes/observation.ts";
import { isOfJob, workload } from "../kubernetes/workload.ts";

/** A Job whose own container has ended, while containers that somebody injected beside it run on. */
export interface LingeringJob {
  name: string;
  beside: string[];
  /** How it failed; nothing where it ended well. */
  failure?: { exitCode: number; message: string };
}

/** The Job of a pod that does not end with its own container; nothing for any other pod, nor where that is tried again. */
export function lingeringJob(pod: V1Pod): LingeringJob | undefined {
  const { metadata, spec, status } = pod;
  if (!isOfJob(pod) || !isOurPod(metadata?.labels) || metadata?.deletionTimestamp !== undefined)
    return undefined;
  const ended = ownStatus(pod)?.state?.terminated;
  if (ended === undefined || (ended.exitCode !== 0 && spec?.restartPolicy !== "Never")) return undefined;
  const others = status?.containerStatuses?.filter(({ name }) => name !== ownContainer(pod)) ?? [];
  const beside = others.filter(({ state }) => state?.terminated === undefined).map(({ name }) => name);
  if (beside.length === 0) return undefined;
  const { exitCode, message = "" } = ended;
  return { name: workload(pod), beside, ...(exitCode !== 0 && { failure: { exitCode, message } }) };
}

/**
 * Says of a Job that it has succeeded, or failed. Its controller then ends the pod and the Job, as it does by itself where
 * a success or failure policy is met. What the container said at its end stays in the Job, since the pod goes.
 * @throws when the cluster, or the identity's rights, do not allow it.
 */
export async function settleJob(config: KubeConfig, namespace: string, job: LingeringJob): Promise<void> {
  const { name, beside, failure } = job;
  const others = `${beside.join(", ")}, which was injected, does not end`;
  const done = { type: "SuccessCriteriaMet", reason: "ContainerSucceeded" } as const;
  const failed = { type: "FailureTarget", reason: containerFailed } as const;
  if (failure === undefined) {
    await endJob(config, namespace, name, {
      ...done,
      message: `its container has ended well, and ${others}`,
    });
    return;
  }
  const exit = `its container has ended with exit code ${String(failure.exitCode)}, and ${others}`;
  await endJob(config, namespace, name, { ...failed, message: failure.message || exit });
}

/** How a Job is to end: its controller ends the pod first. */
interface JobEnd {
  type: "SuccessCriteriaMet" | "FailureTarget";
  reason: string;
  message: string;
}

/** @throws when the cluster, or the identity's rights, do not allow it. */
export async function endJob(
  config: KubeConfig,
  namespace: string,
  name: string,
  end: JobEnd,
): Promise<void> {
  const conditions = [{ ...end, status: "True", lastTransitionTime: new Date().toISOString() }];
  await config
    .makeApiClient(BatchV1Api)
    .patchNamespacedJobStatus(
      { namespace, name, body: { status: { conditions } } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
}

/** Does work that waits for Jobs, and ends those that would linger. */
export async function withoutLingering<T>(
  { config, observation, progress }: { config: KubeConfig; observation: Observation; progress: Progress },
  work: () => Promise<T>,
): Promise<T> {
  const known = new Set<string>();
  const see = (pod: V1Pod) => {
    const job = lingeringJob(pod);
    const uid = pod.metadata?.uid ?? "";
    if (job === undefined || known.has(uid)) return;
    known.add(uid);
    const [how, end] = job.failure === undefined ? ["is done", "completed"] : ["has failed", "ended"];
    const what = `Job ${job.name} ${how}, and ${job.beside.join(", ")}, which was injected beside it, does not end`;
    settleJob(config, pod.metadata?.namespace ?? "", job).then(
      () => {
        progress(`${what}: it is ${end}`);
      },
      (error: unknown) => {
        progress(`${what}: it cannot be ${end}: ${(error as Error).message}`);
      },
    );
  };
  const listener = {
    podChanged: (_type: string, pod: V1Pod) => {
      see(pod);
    },
  };
  observation.listen(listener);
  observation.objects("pods").forEach(see);
  try {
    return await work();
  } finally {
    observation.leave(listener);
  }
}
