import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "#bundled/kubernetes";
import { Failure } from "../../foundation/failure.ts";
import { SocketRefused } from "../kubernetes/podSocket.ts";
import { Caller } from "../kubernetes/podTunnel.ts";
import { mainContainer, WatchedPods } from "../kubernetes/servicePods.ts";
import { containerPort } from "./forwardedPort.ts";
import { missingRight, type Inside } from "./inside.ts";
import { readNamespace } from "../kubernetes/namespace.ts";

/** What is forwarded, and from where. */
export interface Forwarding {
  service: string;
  /** Name or number of the container's port. Default: its first one. */
  port?: string | undefined;
  /** Port of this machine. Default: any that is free. */
  localPort?: number | undefined;
  line: (text: string) => void;
}

/** Listens on a port of this machine, on its own address alone. @throws where it may not be had. */
export async function listen(localPort = 0): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(localPort, "127.0.0.1", resolve);
  }).catch((error: unknown) => {
    const { code = "" } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { EADDRINUSE: "is in use", EACCES: "is reserved to root" };
    throw new Failure(
      "usage",
      `port ${String(localPort)} of this machine ${reasons[code] ?? `cannot be had (${code})`}: name another one with --port, or none for any that is free`,
    );
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Carries each connection to a pod of the service that is ready, and to the next one once that goes, until the
 * environment does. @throws the signal's reason once it comes.
 */
export async function forward(
  server: Server,
  inside: Inside,
  forwarding: Forwarding,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const pods = new WatchedPods(inside.config, inside.namespace, forwarding.service, either);
  pods.lost.catch(() => undefined);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const route: Route = { inside, forwarding, pods, told: { text: "", at: 0 } };
  server.on("connection", (socket: Socket) => {
    carry(new Caller(socket), route, either).catch((error: unknown) => {
      socket.resetAndDestroy();
      // What the cluster refuses to one, it refuses to all.
      if (missingRight(error, "portforward") !== undefined) failure.reject(error);
      else tell(route, (error as Error).message);
    });
  });
  try {
    await Promise.race([pods.lost, failure.promise, untilGone(inside, pods, over.signal)]);
    forwarding.line(`namespace ${inside.namespace} is gone`);
  } finally {
    server.close();
    over.abort();
  }
}

interface Route {
  inside: Inside;
  forwarding: Forwarding;
  pods: WatchedPods;
  /** The last thing that was said, and when. */
  told: { text: string; at: number };
}

/** Milliseconds that a caller waits for a pod that is ready, as during a roll-out. */
const patience = 30_000;
/** A pod that ends refuses connections for a moment before it is known to end. */
const refusalLasts = 2000;

async function carry(caller: Caller, route: Route, signal: AbortSignal): Promise<void> {
  const { inside, forwarding, pods } = route;
  const tried = new Set<string>();
  const late = AbortSignal.timeout(patience);
  while (!signal.aborted && !caller.isGone) {
    const pod = await nextPod(pods, tried, AbortSignal.any([signal, late]));
    if (pod === undefined) break;
    tried.add(pod.metadata?.uid ?? "");
    const port = containerPort(mainContainer(pod), forwarding.port);
    if (port === undefined) continue;
    const name = pod.metadata?.name ?? "";
    const refusal = await caller
      .carriedTo(inside.config, { namespace: inside.namespace, pod: name, port })
      .catch((error: unknown) => {
        if (error instanceof SocketRefused && error.status !== 403) return error.message;
        throw error;
      });
    if (refusal === undefined) return;
    tell(route, `pod ${name} does not serve port ${String(port)}: ${refusal.trim()}`);
    if (!caller.mayBeCarried) return;
  }
  if (late.aborted)
    tell(route, `no pod of ${forwarding.service} became ready within ${String(patience / 1000)} s`);
  caller.refuse();
}

/** Waits for a pod that is ready and was not tried; nothing where there are only such that were. */
async function nextPod(
  pods: WatchedPods,
  tried: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<V1Pod | undefined> {
  const none = new Set<string>();
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => {
      resolve(undefined);
    });
  });
  for (let refusedUntil = Date.now() + refusalLasts; !signal.aborted;) {
    const pod = pods.ready(tried);
    if (pod !== undefined) return pod;
    const isRefused = pods.ready(none) !== undefined;
    const left = refusedUntil - Date.now();
    if (isRefused && left <= 0) return undefined;
    if (!isRefused) refusedUntil = Date.now() + refusalLasts;
    await Promise.race([pods.changed(), stopped, ...(isRefused ? [sleep(left)] : [])]);
  }
  return undefined;
}

/** Many connections fail of one reason at once, which is told once. */
function tell({ told, forwarding }: Route, text: string): void {
  const now = Date.now();
  if (told.text !== text || now - told.at > 5000) forwarding.line(text);
  Object.assign(told, { text, at: now });
}

const askedEvery = 2000;

/** Waits until the very environment goes. It is asked for only while no pod is ready. */
async function untilGone(
  { config, namespace, uid }: Inside,
  pods: WatchedPods,
  signal: AbortSignal,
): Promise<void> {
  const none = new Set<string>();
  for (;;) {
    await sleep(askedEvery, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (pods.ready(none) !== undefined) continue;
    const now = await readNamespace(config, namespace);
    if (now?.uid !== uid || now.isTerminating) return;
  }
}
