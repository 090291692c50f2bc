import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoreV1Api, type V1Pod } from "#bundled/kubernetes";
import { Failure } from "../../foundation/failure.ts";
import { readNamespace } from "../kubernetes/namespace.ts";
import { podLog, writtenLog, type Container, type LogStart } from "../kubernetes/podLog.ts";
import { hasBegun, isPodOf, mainContainer, podSelector } from "../kubernetes/servicePods.ts";
import { watchPatiently } from "../kubernetes/watch.ts";
import { workload } from "../kubernetes/workload.ts";
import { Lines } from "../text/lines.ts";
import type { Mask } from "../text/mask.ts";
import type { Inside } from "./inside.ts";

/** Which logs are read. */
export interface WantedLogs {
  /** Default: those of all services. */
  service?: string | undefined;
  start: LogStart;
}

/** Where they go. */
export interface LogOutput {
  mask: Mask;
  /** Takes whole lines of a pod, and is ready when it can take more. */
  pass: (lines: string, service: string, pod: string) => Promise<void>;
  line: (text: string) => void;
}

/** Passes on what the services' pods have written, one after the other. @throws where none of them has begun. */
export async function passLogs(
  inside: Inside,
  { service, start }: WantedLogs,
  output: LogOutput,
): Promise<void> {
  const begun = (await pods(inside, service)).filter(hasBegun);
  if (begun.length === 0) throw nothing(inside, service);
  for (const pod of begun) await pass(pod, writtenLog(inside.config, container(pod), start), output);
}

/**
 * Follows the logs of the services' pods, those that come later too, until the environment goes.
 * @throws the signal's reason once it comes.
 */
export async function followLogs(
  inside: Inside,
  wanted: WantedLogs,
  output: LogOutput,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const follower = new Follower(inside, wanted, output, await pods(inside, wanted.service));
  const watched = watchPatiently<never>(inside.config, {
    path: `/api/v1/namespaces/${inside.namespace}/pods`,
    selector: { labelSelector: podSelector(wanted.service) },
    signal: AbortSignal.any([signal, over.signal]),
    pick: (object, type) => {
      follower.see(object as V1Pod, type);
      return undefined;
    },
  });
  try {
    await Promise.race([watched, follower.failed, untilGone(inside, follower, over.signal)]);
    output.line(`namespace ${inside.namespace} is gone`);
  } finally {
    watched.catch(() => undefined);
    over.abort();
  }
}

/** Those of services, the oldest of each first. */
async function pods({ config, namespace }: Inside, service: string | undefined): Promise<V1Pod[]> {
  const labelSelector = podSelector(service);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  const age = ({ metadata }: V1Pod) => metadata?.creationTimestamp?.getTime() ?? 0;
  return items
    .filter((pod) => isPodOf(pod, service))
    .sort((one, other) => workload(one).localeCompare(workload(other)) || age(one) - age(other));
}

function nothing({ namespace }: Inside, service: string | undefined): Failure {
  const what = service === undefined ? `no service of ${namespace}` : `service ${service} of ${namespace}`;
  const state = service === undefined ? "has begun to run" : "has not begun to run";
  return new Failure("broken", `${what} ${state}, so that there is no log: \`dynenv diagnose\` says why`);
}

function container(pod: V1Pod): Container {
  const { metadata } = pod;
  return {
    ...{ namespace: metadata?.namespace ?? "", pod: metadata?.name ?? "" },
    name: mainContainer(pod)?.name ?? "",
  };
}

/** Passes on the log of a pod, unless the pod is gone. */
async function pass(pod: V1Pod, log: AsyncGenerator<string>, output: LogOutput): Promise<void> {
  const lines = new Lines(output.mask);
  const give = async (text: string) => {
    if (text !== "") await output.pass(text, workload(pod), pod.metadata?.name ?? "");
  };
  try {
    for await (const text of log) await give(lines.push(text));
  } catch (error) {
    if (!(error instanceof ApiException) || ![400, 404].includes(error.code)) throw error;
  }
  await give(lines.end());
}

/** The logs that are followed. */
class Follower {
  /** By the pod's `uid`: ends when the pod does. */
  readonly #ends = new Map<string, AbortController>();
  readonly #inside: Inside;
  readonly #wanted: WantedLogs;
  readonly #output: LogOutput;
  readonly #first: ReadonlySet<string>;
  readonly #failure = Promise.withResolvers<never>();
  #active = 0;

  /** @param first those that there are at the beginning: of others, all is shown. */
  constructor(inside: Inside, wanted: WantedLogs, output: LogOutput, first: V1Pod[]) {
    this.#inside = inside;
    this.#wanted = wanted;
    this.#output = output;
    this.#first = new Set(first.map(({ metadata }) => metadata?.uid ?? ""));
    this.#failure.promise.catch(() => undefined);
  }

  /** Fails when a log cannot be read. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  get isIdle(): boolean {
    return this.#active === 0;
  }

  see(pod: V1Pod, type: string): void {
    if (!isPodOf(pod, this.#wanted.service)) return;
    const uid = pod.metadata?.uid ?? "";
    if (!this.#ends.has(uid) && type !== "DELETED" && hasBegun(pod)) this.#follow(pod, uid);
    if (type === "DELETED" || ["Succeeded", "Failed"].includes(pod.status?.phase ?? ""))
      this.#ends.get(uid)?.abort();
  }

  #follow(pod: V1Pod, uid: string): void {
    const ended = new AbortController();
    this.#ends.set(uid, ended);
    const { line } = this.#output;
    const isFirst = this.#first.has(uid);
    if (!isFirst) line(`${workload(pod)}: pod ${pod.metadata?.name ?? ""} begins`);
    const start = isFirst ? this.#wanted.start : {};
    const log = podLog(this.#inside.config, container(pod), ended.signal, line, undefined, start);
    this.#active++;
    pass(pod, log, this.#output)
      .catch((error: unknown) => {
        this.#failure.reject(error);
      })
      .finally(() => this.#active--);
  }
}

const askedEvery = 2000;

/** Waits until the very environment goes. It is asked for only while no pod has anything to say. */
async function untilGone(
  { config, namespace, uid }: Inside,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(askedEvery, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (!follower.isIdle) continue;
    const now = await readNamespace(config, namespace);
    if (now?.uid !== uid || now.isTerminating) return;
  }
}
