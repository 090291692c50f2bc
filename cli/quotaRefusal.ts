import { CoreV1Api } from "#bundled/kubernetes";
import { kubeConfig } from "./clusterAccess.ts";

/**
 * Whether an environment's quota refused pods since then. It fits what the environment becomes, but not together with
 * what an update takes away: Pulumi deletes last.
 */
export async function isRefusedByQuota(
  env: Record<string, string>,
  namespace: string,
  since: Date,
): Promise<boolean> {
  try {
    const core = kubeConfig(env).makeApiClient(CoreV1Api);
    const { items } = await core.listNamespacedEvent({ namespace, fieldSelector: "reason=FailedCreate" });
    return items.some(
      ({ message = "", lastTimestamp }) =>
        message.includes("exceeded quota: environment") &&
        lastTimestamp !== undefined &&
        lastTimestamp > since,
    );
  } catch {
    return false;
  }
}
