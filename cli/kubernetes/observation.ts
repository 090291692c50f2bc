import { setTimeout as sleep } from "node:timers/promises";
import type {
  CoreV1Event,
  KubeConfig,
  KubernetesObject,
  V1Deployment,
  V1Job,
  V1NetworkPolicy,
  V1Pod,
  V1Secret,
} from "#bundled/kubernetes";
import { looksAt, type Looks } from "./closerLook.ts";
import { own, type EnvironmentState } from "./environmentState.ts";
import { withoutLastLines } from "./endedContainers.ts";
import { LastLines } from "./lastLines.ts";
import type { Mask } from "../text/mask.ts";
import { httpRoutes, type RouteObject } from "./route.ts";
import { watchUntil } from "./watch.ts";

/** Objects of an environment, by kind. */
export interface Observed {
  pods: V1Pod;
  events: CoreV1Event;
  deployments: V1Deployment;
  jobs: V1Job;
  networkpolicies: V1NetworkPolicy;
  secrets: V1Secret;
}

export type Kind = keyof Observed;

const apis: Record<Kind, string> = {
  pods: "/api/v1",
  events: "/api/v1",
  deployments: "/apis/apps/v1",
  jobs: "/apis/batch/v1",
  networkpolicies: "/apis/networking.k8s.io/v1",
  secrets: "/api/v1",
};

/** What tells why an environment does not get ready, and what must not be told. */
export const diagnosisKinds: Kind[] = ["pods", "events", "deployments", "jobs", "networkpolicies", "secrets"];

export interface Listener {
  podChanged?: (type: string, pod: V1Pod) => void;
  eventSeen?: (event: CoreV1Event) => void;
  /** Is told after each change of any object. */
  changed?: () => void;
  /** Is told, once for each kind, why it cannot be watched. */
  lost?: (reason: string) => void;
}

export interface ObservationOf {
  config: KubeConfig;
  /** It need not exist yet. */
  namespace: string;
  kinds: Kind[];
  /** Ends it. */
  signal: AbortSignal;
  /** Hides what the namespace's Secrets hold in all other objects. */
  mask: Mask;
}

const tryAgainAfter = 1000;

/** What is seen of a namespace, with one watch for each kind, until the signal comes. */
export class Observation {
  readonly #objects = new Map<Kind, Map<string, KubernetesObject>>();
  readonly #deleted = new Map<string, V1Deployment>();
  readonly #listeners = new Set<Listener>();
  readonly #lost = new Set<Kind>();
  readonly #leftOut = new Set<string>();
  readonly #mask: Mask;
  readonly #config: KubeConfig;
  readonly #namespace: string;
  readonly #lastLines: LastLines | undefined;

  constructor({ config, namespace, kinds, signal, mask }: ObservationOf) {
    this.#mask = mask;
    this.#config = config;
    this.#namespace = namespace;
    if (kinds.includes("secrets"))
      this.#lastLines = new LastLines(config, (uid) => {
        this.#lookAgainAt(uid);
      });
    for (const kind of kinds) void this.#watch(config, namespace, kind, signal);
  }

  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Objects without the secrets that are known. */
  objects<K extends Exclude<Kind, "secrets">>(kind: K): Observed[K][] {
    const objects = [...(this.#objects.get(kind)?.values() ?? [])] as Observed[K][];
    const counted = objects.filter(({ metadata }) => !this.#leftOut.has(metadata?.uid ?? ""));
    return counted.map((object) => this.#mask.object(object));
  }

  get mask(): Mask {
    return this.#mask;
  }

  /** What is gone since its environment was removed counts no longer. */
  forgetDeleted(): void {
    this.#deleted.clear();
  }

  /** What is there from before and is made anew counts no longer, by its UID. */
  leaveOut(uids: string[]): void {
    for (const uid of uids) this.#leftOut.add(uid);
  }

  /** Waits for the logs that are being read. */
  async settled(): Promise<void> {
    await this.#lastLines?.settled();
  }

  /** Asks the pods of services that run, with what is known of them. */
  looksAt(state: EnvironmentState): Promise<Looks> {
    const withLogs = this.#lastLines !== undefined && !this.#lost.has("secrets");
    return looksAt(state, { config: this.#config, mask: this.#mask, withLogs });
  }

  /** The environment's routes; none where they may not be read. */
  async routes(): Promise<RouteObject[]> {
    const { items } = await httpRoutes(this.#config, this.#namespace).catch(() => ({ items: [] }));
    return own(items);
  }

  /** Deployments that were seen to go. */
  get deletedDeployments(): V1Deployment[] {
    return [...this.#deleted.values()];
  }

  /** One that breaks off is begun again; what may not be watched is given up. */
  async #watch(config: KubeConfig, namespace: string, kind: Kind, signal: AbortSignal): Promise<void> {
    const path = `${apis[kind]}/namespaces/${namespace}/${kind}`;
    const pick = (object: unknown, type: string) => {
      this.#see(kind, type, object);
      return undefined;
    };
    const begins = () => this.#objects.set(kind, new Map());
    const isEnded = () => signal.aborted;
    while (!isEnded()) {
      try {
        await watchUntil(config, { path, selector: {}, signal, pick, begins });
      } catch (error) {
        if (isEnded()) return;
        this.#lose(kind, (error as Error).message);
        if (isRefusal(error)) return;
        await sleep(tryAgainAfter);
      }
    }
  }

  #see(kind: Kind, type: string, object: unknown): void {
    const uid = (object as KubernetesObject).metadata?.uid;
    if (uid === undefined) return;
    const objects = this.#objects.get(kind);
    if (type === "DELETED") objects?.delete(uid);
    else objects?.set(uid, kind === "pods" ? this.#told(object as V1Pod) : (object as KubernetesObject));
    if (kind === "secrets") this.#mask.addSecret(object as V1Secret);
    if (kind === "deployments" && type === "DELETED") this.#deleted.set(uid, object as V1Deployment);
    for (const listener of this.#listeners) {
      if (kind === "pods") listener.podChanged?.(type, object as V1Pod);
      if (kind === "events") listener.eventSeen?.(object as CoreV1Event);
      listener.changed?.();
    }
  }

  /** A pod with what its containers said at their end, unless nobody knows what of it must be hidden. */
  #told(pod: V1Pod): V1Pod {
    const isSafe = this.#lastLines !== undefined && !this.#lost.has("secrets");
    return isSafe ? this.#lastLines.addedTo(pod) : withoutLastLines(pod);
  }

  #lookAgainAt(uid: string): void {
    const pods = this.#objects.get("pods");
    const pod: unknown = pods?.get(uid);
    if (pods?.has(uid) !== true) return;
    pods.set(uid, this.#told(pod as V1Pod));
    for (const listener of this.#listeners) listener.changed?.();
  }

  #lose(kind: Kind, reason: string): void {
    if (this.#lost.has(kind)) return;
    this.#lost.add(kind);
    for (const { lost } of this.#listeners) lost?.(reason);
  }
}

/** Whether the cluster will not allow it the next time, either. */
function isRefusal(error: unknown): boolean {
  const { cause } = error as { cause?: { statusCode?: number } };
  return [401, 403].includes(cause?.statusCode ?? 0);
}
