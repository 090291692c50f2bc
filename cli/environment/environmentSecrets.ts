import { ApiException, CoreV1Api, type KubeConfig } from "#bundled/kubernetes";
import type { Mask } from "../text/mask.ts";

/** What is said where a log is shown without them. */
export const secretsNotHidden =
  "what the environment's Secrets hold is not hidden in this log: the login lacks the verb list for secrets";

/** Takes in what the Secrets of an environment hold, which must not be shown. @returns whether the login may read it. */
export async function learnSecrets(config: KubeConfig, namespace: string, mask: Mask): Promise<boolean> {
  try {
    const { items } = await config.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace });
    for (const secret of items) mask.addSecret(secret);
    return true;
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 403) throw error;
    return false;
  }
}
