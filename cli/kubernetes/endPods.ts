import { CoreV1Api, type KubeConfig, type V1Pod } from "#bundled/kubernetes";
import { watchUntil } from "./watch.ts";

/** Seconds between SIGTERM and SIGKILL for what is removed: the least with which the kubelet still confirms the end. */
const shortestGrace = 1;

/**
 * Ends the pods of a namespace that is being deleted, at once and with the shortest grace period, until the signal
 * comes. The namespace controller begins with them five seconds later; a process that ignores SIGTERM would hold up
 * the removal for its whole grace period, 30 s where nobody chose another, and the kubelet keeps to a longer one once
 * it has begun. An environment that is removed has nothing to save. What hinders it is not told: the removal only
 * takes longer then.
 */
export async function endPods(config: KubeConfig, namespace: string, signal: AbortSignal): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const end = ({ metadata }: V1Pod) => {
    if (metadata?.name === undefined || metadata.deletionTimestamp !== undefined) return;
    core
      .deleteNamespacedPod({ namespace, name: metadata.name, gracePeriodSeconds: shortestGrace })
      // It may be gone by now.
      .catch(() => undefined);
  };
  await watchUntil(config, {
    ...{ path: `/api/v1/namespaces/${namespace}/pods`, selector: {}, signal },
    pick: (pod, type) => {
      if (type !== "DELETED") end(pod as V1Pod);
      return undefined;
    },
  }).catch(() => undefined);
}
