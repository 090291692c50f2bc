import { ApiException, VersionApi, type KubeConfig, type VersionInfo } from "#bundled/kubernetes";
import { named } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { SettingError } from "../../foundation/settingError.ts";
import { ClusterClient } from "./clusterClient.ts";
import { clusterFromKubeconfig } from "./kubeconfigFile.ts";
import { firstAnswer, noAnswer } from "./patience.ts";

/** Client of the cluster that the variables name: the context that Pulumi uses, too. */
export function kubeConfig(env: Record<string, string>): KubeConfig {
  const { KUBECONFIG: path = "", KUBE_CONTEXT: context = "" } = env;
  const access = clusterFromKubeconfig(path, context === "" ? undefined : context);
  return new ClusterClient(access, access.contexts, { ...process.env, ...env });
}

/** For the first answer of all: it is asked twice in that time. */
export const firstLimit = 9000;

/** Asks the cluster for its version, before anything is built for it. @throws when it does not answer in time. */
export async function requireAnswer(config: KubeConfig): Promise<void> {
  const patience = { again: [], end: firstLimit };
  const server = config.getCurrentCluster()?.server ?? "it";
  const ask = () => config.makeApiClient(VersionApi).getCode();
  const { gitVersion } = (await orUnreachable(() =>
    firstAnswer(ask, patience, () => noAnswer(server, patience)),
  )) as Partial<VersionInfo>;
  if (gitVersion === undefined) throw noApiServer(server);
}

/** Where something else answers than an API server, such as the login page of a proxy. */
export function noApiServer(server: string, cause?: unknown): Failure {
  return new Failure(
    "unreachable",
    `${named(server)} answers with something else than an API server does: correct the address of the cluster, or what is on the way to it`,
    { cause },
  );
}

/** Turns what the cluster's client throws into one sentence. */
export async function orUnreachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure || error instanceof SettingError) throw error;
    if (error instanceof ApiException && error.code === 401)
      throw new Failure(
        "unreachable",
        "the cluster answers 401: it does not know the login; give it a new one",
      );
    if (error instanceof ApiException) {
      throw new Failure("unreachable", `the cluster answers ${String(error.code)}: ${reasonIn(error.body)}`);
    }
    throw new Failure("unreachable", `the cluster is out of reach: ${innermostReason(error as Error)}`, {
      cause: error,
    });
  }
}

function innermostReason(error: Error): string {
  if (error.cause instanceof Error) return innermostReason(error.cause);
  // As undici has it, which says around it that the request was cancelled.
  const [, status] = /^Proxy response \((\d+)\)/.exec(error.message) ?? [];
  return status === undefined
    ? error.message
    : `the proxy on the way answers ${status}; correct proxy-url, HTTPS_PROXY or NO_PROXY`;
}

function reasonIn(body: unknown): string {
  try {
    const { message } = JSON.parse(String(body)) as { message?: unknown };
    if (typeof message === "string" && message !== "") return message;
  } catch {
    // What is no JSON is not an answer of an API server.
  }
  return "it gives no reason";
}
