import { CoreV1Api } from "@kubernetes/client-node";
import { lastLine } from "../local/work.ts";
import { kubeConfig } from "./clusterAccess.ts";

/**
 * What the readiness Job of an environment said at its end: one sentence that names the services that did not answer.
 * @returns nothing where there is no such Job, where it has not failed, and where the cluster does not answer.
 */
export async function readinessFailure(
  env: Record<string, string>,
  namespace: string,
): Promise<string | undefined> {
  try {
    const core = kubeConfig(env).makeApiClient(CoreV1Api);
    const labelSelector = "batch.kubernetes.io/job-name=readiness";
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    const states = items
      .flatMap((pod) => pod.status?.containerStatuses ?? [])
      .map(({ state }) => state?.terminated);
    const message = states.find((state) => state !== undefined && state.exitCode !== 0)?.message;
    return message && lastLine(message);
  } catch {
    return undefined;
  }
}
