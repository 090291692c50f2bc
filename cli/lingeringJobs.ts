import {
  BatchV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Pod,
} from "#bundled/kubernetes";
import { isOurs } from "../components/model/labels.ts";
import type { Progress } from "../local/work.ts";
import { ownContainer, ownStatus } from "./containerStatuses.ts";
import type { Observation } from "./observation.ts";
import { isOfJob, workload } from "./view/workload.ts";

/** A Job whose work is done, while containers that somebody injected beside it run on. */
export interface LingeringJob {
  name: string;
  beside: string[];
}

/** The Job of a pod that does not end with its own container; nothing for any other pod. */
export function lingeringJob(pod: V1Pod): LingeringJob | undefined {
  const { metadata, status } = pod;
  if (!isOfJob(pod) || !isOurs(metadata?.labels) || metadata?.deletionTimestamp !== undefined)
    return undefined;
  if (ownStatus(pod)?.state?.terminated?.exitCode !== 0) return undefined;
  const others = status?.containerStatuses?.filter(({ name }) => name !== ownContainer(pod)) ?? [];
  const beside = others.filter(({ state }) => state?.terminated === undefined).map(({ name }) => name);
  return beside.length === 0 ? undefined : { name: workload(pod), beside };
}

/**
 * Says of a Job that it has succeeded. Its controller then ends the pod and completes the Job, as it does by itself where
 * a success policy is met. @throws when the cluster, or the identity's rights, do not allow it.
 */
export async function completeJob(config: KubeConfig, namespace: string, job: LingeringJob): Promise<void> {
  const message = `its container has ended well, and ${job.beside.join(", ")}, which was injected, does not end`;
  await endJob(config, namespace, job.name, {
    type: "SuccessCriteriaMet",
    reason: "ContainerSucceeded",
    message,
  });
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

/** Does work that waits for Jobs, and completes those that would linger. */
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
    const what = `Job ${job.name} is done, and ${job.beside.join(", ")}, which was injected beside it, is not`;
    completeJob(config, pod.metadata?.namespace ?? "", job).then(
      () => {
        progress(`${what}: it is completed`);
      },
      (error: unknown) => {
        progress(`${what}: it cannot be completed: ${(error as Error).message}`);
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
