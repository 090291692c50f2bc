import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { watchUntil } from "./watch.ts";

/** Seconds between SIGTERM and SIGKILL for what is removed: the least with which the kubelet still confirms the end. */
const shortestGrace = 1;

/**
 * Shortens the grace period of a namespace's pods until the signal comes: of those that are being deleted, or of all
 * where the namespace is going and no new one can start. A process that ignores SIGTERM would hold up the removal for
 * its whole grace period, 30 s where nobody chose another; an environment that is removed has nothing to save. What
 * hinders it is not told: the removal takes longer then.
 */
export async function hastenPods(
  config: KubeConfig,
  namespace: string,
  which: "deleted" | "all",
  signal: AbortSignal,
): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const hasten = ({ metadata }: V1Pod) => {
    const isDeleted = metadata?.deletionTimestamp !== undefined;
    const isHastened = isDeleted && (metadata.deletionGracePeriodSeconds ?? 0) <= shortestGrace;
    if (isHastened || (which === "deleted" && !isDeleted)) return;
    core
      .deleteNamespacedPod({ namespace, name: metadata?.name ?? "", gracePeriodSeconds: shortestGrace })
      // It may be gone by now.
      .catch(() => undefined);
  };
  await watchUntil(config, {
    ...{ path: `/api/v1/namespaces/${namespace}/pods`, selector: {}, signal },
    pick: (pod, type) => {
      if (type !== "DELETED") hasten(pod as V1Pod);
      return undefined;
    },
  }).catch(() => undefined);
}
