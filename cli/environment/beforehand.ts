import { ApiException, VersionApi, type KubeConfig } from "#bundled/kubernetes";
import { EnvironmentKind, namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { readVariable } from "../../foundation/variable.ts";
import { orUnreachable } from "../access/clusterAccess.ts";
import { requirePermissions, type Undertaking } from "../access/preflight.ts";
import { requireKeptFromPreviews } from "../access/previewsAccess.ts";
import { clientSkews } from "../access/versionSkew.ts";
import { mayFindGateways } from "../kubernetes/clusterGateway.ts";
import { readNamespace } from "../kubernetes/namespace.ts";
import { urlsIn } from "../kubernetes/route.ts";

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
  const undertaking = await undertakingOf(config, namespace);
  await requirePermissions(config, namespace, undertaking, env);
  if (undertaking === "update") await requireAddressesKept(config, stack, { env, configured });
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

/** Settings of which one says how the environment is called from outside, and the variables that do the same. */
const waysIn = { gateway: "DYNENV_GATEWAY", ingressClass: "DYNENV_INGRESS_CLASS" };

/** @throws where an update would take addresses away, since its login cannot find the Gateway that somebody else's has found. */
async function requireAddressesKept(
  config: KubeConfig,
  stack: string,
  { env, configured }: Pick<Asked, "env" | "configured">,
): Promise<void> {
  const isNamed = Object.entries(waysIn).some(
    ([key, variable]) => (configured(key) ?? env[variable] ?? readVariable(variable)) !== undefined,
  );
  if (isNamed) return;
  const namespace = namespaceName(stack);
  const isLost = await orUnreachable(
    async () => (await urlsIn(config, namespace)).size > 0 && !(await mayFindGateways(config)),
  );
  if (!isLost) return;
  throw new Failure(
    "usage",
    `namespace ${namespace} has addresses outside of the cluster, and this login may not look for the Gateway, so that an update would take them away: set gateway, domain and gatewayPods in Pulumi.${stack}.yaml, which docs/addresses.md explains`,
  );
}
