import { CoreV1Api, type KubeConfig, type V1Container, type V1Pod } from "#bundled/kubernetes";
import { judgedHealth, pageLimit, type ServiceReport } from "../../components/model/index.ts";
import { hasCondition } from "./conditions.ts";
import { ownContainer, ownStatus } from "./containerStatuses.ts";
import type { Mask } from "../text/mask.ts";
import { askPod, NoAnswer, type PodPage } from "./podRequest.ts";
import { isOfService, presentPods, type EnvironmentState } from "./environmentState.ts";
import { printable } from "../text/harmless.ts";

/** What a running pod of a service says when it is asked itself. */
export interface Look {
  /** Its health page. Default: it has none. */
  page?: ServiceReport;
  /** The end of its log, where it is not ready. */
  log?: string;
  /** Why its page could not be asked. */
  unseen?: string;
}

/** By the pod's `uid`. */
export type Looks = ReadonlyMap<string, Look>;

const lines = 20;

export interface Looking {
  config: KubeConfig;
  mask: Mask;
  /** Whether logs may be shown: all secrets that must not be are known. */
  withLogs: boolean;
}

/** Asks the pods of services that run: what the cluster knows of them does not say whether they work. */
export async function looksAt(state: EnvironmentState, looking: Looking): Promise<Looks> {
  const pods = presentPods(state).filter((pod) => isOfService(pod) && ownStatus(pod)?.state?.running);
  const looks = pods.map(async (pod) => [pod.metadata?.uid ?? "", await look(pod, looking)] as const);
  return new Map(await Promise.all(looks));
}

async function look(pod: V1Pod, looking: Looking): Promise<Look> {
  const [page, log] = await Promise.all([
    pageOf(pod, looking),
    hasCondition(pod, "Ready") || !looking.withLogs ? "" : logOf(pod, looking.config),
  ]);
  return { ...page, ...(log !== "" && { log: looking.mask.text(printable(log)) }) };
}

async function pageOf(pod: V1Pod, { config, mask }: Looking): Promise<Look> {
  const container = pod.spec?.containers.find(({ name }) => name === ownContainer(pod));
  const { path, port } = container?.readinessProbe?.httpGet ?? {};
  if (container === undefined || path === undefined || port === undefined) return {};
  const page = { ...named(pod), path, port: portNumber(container, port), host: pod.status?.podIP ?? "" };
  const start = Date.now();
  const asked = `GET ${path} on port ${String(page.port)}`;
  try {
    const answer = await answerOf(config, page);
    const masked = { ...answer, ...(answer.body !== undefined && { body: mask.text(answer.body) }) };
    const judged = judgedHealth({ asked, ...masked }, path);
    return { page: { service: container.name, ...judged, milliseconds: Date.now() - start } };
  } catch (error) {
    return { unseen: `${asked} of ${page.pod}: ${mask.text((error as Error).message)}` };
  }
}

async function answerOf(config: KubeConfig, page: PodPage) {
  try {
    const { status, body } = await askPod(config, page, pageLimit);
    return status === 200
      ? { status, body }
      : { status, body, failure: `${page.path} answers ${String(status)}` };
  } catch (error) {
    if (error instanceof NoAnswer) return { failure: `${page.path}: ${error.message}` };
    throw error;
  }
}

function named({ metadata }: V1Pod) {
  return { namespace: metadata?.namespace ?? "", pod: metadata?.name ?? "" };
}

/** Probes may name a port instead of numbering it. */
function portNumber({ ports = [] }: V1Container, port: number | string): number {
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

async function logOf(pod: V1Pod, config: KubeConfig): Promise<string> {
  const container = ownContainer(pod) ?? "";
  const { namespace, pod: name } = named(pod);
  const core = config.makeApiClient(CoreV1Api);
  try {
    const log = await core.readNamespacedPodLog({ namespace, name, container, tailLines: lines + 1 });
    // The first line may be the end of a longer one, in which a part of a secret would not be recognised.
    return log.split("\n").length > lines + 1 ? log.slice(log.indexOf("\n") + 1) : log;
  } catch {
    return "";
  }
}
