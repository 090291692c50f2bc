import { CoreV1Api, type KubeConfig } from "#bundled/kubernetes";
import { unlessForbidden } from "../kubernetes/unlessMissing.ts";
import type { Mask } from "../text/mask.ts";

/** What is said where a log is shown without them. */
export const secretsNotHidden =
  "what the environment's Secrets hold is not hidden in this log: the login lacks the verb list for secrets";

/** Takes in what the Secrets of an environment hold, which must not be shown. @returns whether the login may read it. */
export async function learnSecrets(config: KubeConfig, namespace: string, mask: Mask): Promise<boolean> {
  const core = config.makeApiClient(CoreV1Api);
  const secrets = await unlessForbidden(core.listNamespacedSecret({ namespace }));
  for (const secret of secrets?.items ?? []) mask.addSecret(secret);
  return secrets !== undefined;
}
