import { ApiException, VersionApi, type KubeConfig } from "#bundled/kubernetes";
import { EnvironmentKind, namespaceName } from "../../components/model/index.ts";
import { orUnreachable } from "../access/clusterAccess.ts";
import { requirePermissions, type Undertaking } from "../access/preflight.ts";
import { requireKeptFromPreviews } from "../access/previewsAccess.ts";
import { clientSkews } from "../access/versionSkew.ts";
import { readNamespace } from "../kubernetes/namespace.ts";

interface Asked {
  env: Record<string, string>;
  /** Value of a setting of the stack. */
  configured: (key: string) => string | undefined;
  tell: (line: string) => void;
}

/**
 * Asked before an environment is deployed, and anything is changed.
 * @throws with exit code 3 when the login lacks a right for it, and with 2 when previews could read what a standing one holds.
 */
export async function requireDeployRights(
  config: KubeConfig,
  stack: string,
  { env, configured, tell }: Asked,
): Promise<void> {
  const namespace = namespaceName(stack);
  if (configured("kind") !== EnvironmentKind.standing) {
    await requirePermissions(config, namespace, "up", env);
    return;
  }
  const previews = { identity: configured("previewIdentity"), shared: configured("sharedWithPreviews") };
  // What is missing says more than what therefore cannot be asked.
  await requirePermissions(config, namespace, await undertakingOf(config, namespace), env);
  await requireKeptFromPreviews(config, namespace, previews, tell);
}

/** Whether a standing environment is made or updated: who updates it need not be one who may make it. */
async function undertakingOf(config: KubeConfig, namespace: string): Promise<Undertaking> {
  try {
    return (await readNamespace(config, namespace)) === undefined ? "make" : "update";
  } catch (error) {
    // Who may not look at it is told what he lacks, whether it is there or not.
    if (error instanceof ApiException && error.code === 403) return "update";
    return orUnreachable(() => Promise.reject(error as Error));
  }
}

/** Tells what lies between the versions of the clients and of the cluster; nothing where that cannot be learnt. */
export async function tellSkew(config: KubeConfig, tell: (line: string) => void): Promise<void> {
  const version = await config
    .makeApiClient(VersionApi)
    .getCode()
    .catch(() => undefined);
  for (const sentence of clientSkews(version?.gitVersion ?? "")) tell(sentence);
}
