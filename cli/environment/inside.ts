import { ApiException, AppsV1Api, type KubeConfig } from "#bundled/kubernetes";
import { shown, suggestion } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { orUnreachable } from "../access/clusterAccess.ts";
import { literalSecrets } from "../text/literalSecrets.ts";
import { own } from "../kubernetes/environmentState.ts";
import { SocketRefused } from "../kubernetes/podSocket.ts";
import type { Mask } from "../text/mask.ts";
import { requireEnvironment, type Owner } from "./owner.ts";

/** An environment that somebody looks into. */
export interface Inside {
  config: KubeConfig;
  namespace: string;
  /** Of this very namespace: one of the same name may follow. */
  uid: string;
  /** Name of each service to how many pods it is to have. */
  services: ReadonlyMap<string, number>;
}

/** @throws where there is no environment of the project's stack, or where it is being removed. */
export async function enter(config: KubeConfig, owner: Owner, mask: Mask): Promise<Inside> {
  const { name: namespace, uid, isTerminating } = await requireEnvironment(config, owner);
  if (isTerminating)
    throw new Failure(
      "broken",
      `namespace ${namespace} is being removed: wait until it is gone, then \`dynenv up\``,
    );
  const { items } = await config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace });
  const deployments = own(items);
  mask.add(...literalSecrets(deployments));
  const services = deployments.map(
    ({ metadata, spec }) => [metadata?.name ?? "", spec?.replicas ?? 1] as const,
  );
  return { config, namespace, uid, services: new Map(services) };
}

/** @throws where an environment has no such service. */
export function requireService({ namespace, services }: Inside, name: string): void {
  if (services.has(name)) return;
  throw new Failure(
    "usage",
    `service ${shown(name)} is not in ${namespace}: ${suggestion(name, [...services.keys()])}`,
  );
}

/** Where people who look are told how they get the right. */
const page = "docs/rbac.md, People who look in";

/**
 * What somebody does who looks into an environment.
 * @param doing what it is, such as `dynenv logs`.
 * @param part of a pod that it is about, such as `exec`, whose rights a refused socket lacks.
 * @throws what goes wrong in one sentence, and which right is missing.
 */
export async function looking<T>(
  doing: string,
  namespace: string,
  work: () => Promise<T>,
  part?: string,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const right = missingRight(error, part);
    if (right === undefined) return orUnreachable(() => Promise.reject(refusal(error)));
    throw new Failure(
      "unreachable",
      `${doing} needs the right to ${right} in namespace ${namespace}, which the login lacks: ${page}, says how to get it`,
      { cause: error },
    );
  }
}

function refusal(error: unknown): Error {
  if (!(error instanceof SocketRefused)) return error as Error;
  return new Failure(
    "broken",
    `${error.message} in place of a connection to the pod, which may have just ended: try again, or see \`dynenv diagnose\``,
    { cause: error },
  );
}

/** The right that the cluster says is missing, such as `list pods`. */
export function missingRight(error: unknown, part?: string): string | undefined {
  if (error instanceof SocketRefused)
    return error.status === 403 && part !== undefined ? `create and get pods/${part}` : undefined;
  const { statusCode } = ((error as Error).cause ?? {}) as { statusCode?: number };
  if (error instanceof Failure && statusCode === 403) return "watch pods";
  if (!(error instanceof ApiException) || error.code !== 403) return undefined;
  const [, verb, resource] = /cannot (\w+) resource \\?"([\w/.-]+)\\?"/.exec(String(error.body)) ?? [];
  return verb === undefined ? undefined : `${verb} ${resource ?? ""}`;
}
