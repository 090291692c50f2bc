import { CoreV1Api, type KubeConfig, type V1Container, type V1Pod } from "#bundled/kubernetes";
import { ownerSelector, workloadLabels } from "../../components/model/index.ts";
import { hasCondition } from "./conditions.ts";
import { ownContainer, ownStatus } from "./containerStatuses.ts";
import { watchPatiently } from "./watch.ts";
import { isOfJob, workload } from "./workload.ts";

/** What selects the pods of one service, or those of a whole environment. */
export function podSelector(service?: string): string {
  if (service === undefined) return ownerSelector;
  return Object.entries(workloadLabels(service))
    .map(([key, value]) => `${key}=${value}`)
    .join();
}

/** The pods of a service that there are. */
export async function podsOf(config: KubeConfig, namespace: string, service: string): Promise<V1Pod[]> {
  const labelSelector = podSelector(service);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  return items.filter((pod) => isPodOf(pod, service));
}

/** Whether a pod is of that service, or of any, and not of a Job. */
export function isPodOf(pod: V1Pod, service: string | undefined): boolean {
  return !isOfJob(pod) && (service === undefined || workload(pod) === service);
}

export function isReady(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && hasCondition(pod, "Ready");
}

export function isRunning(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && ownStatus(pod)?.state?.running !== undefined;
}

/** Whether the container that the environment gave a pod has begun, so that there is a log. */
export function hasBegun(pod: V1Pod): boolean {
  const { state, lastState } = ownStatus(pod) ?? {};
  return [state?.running, state?.terminated, lastState?.terminated].some((one) => one !== undefined);
}

/** The container that the environment gave a pod. */
export function mainContainer(pod: V1Pod): V1Container | undefined {
  const own = pod.spec?.containers.find(({ name }) => name === ownContainer(pod));
  return own ?? pod.spec?.containers[0];
}

/** The pods of a service, as the cluster tells of them until the signal comes. */
export class WatchedPods {
  readonly #pods = new Map<string, V1Pod>();
  #changed = Promise.withResolvers<undefined>();
  /** The one that was chosen last. */
  #chosen = "";
  /** Fails when the cluster does not tell any more, or with the signal's reason. */
  readonly lost: Promise<never>;

  constructor(config: KubeConfig, namespace: string, service: string, signal: AbortSignal) {
    this.lost = watchPatiently<never>(config, {
      path: `/api/v1/namespaces/${namespace}/pods`,
      selector: { labelSelector: podSelector(service) },
      signal,
      begins: () => {
        this.#pods.clear();
      },
      pick: (object, type) => {
        this.see(object as V1Pod, type, service);
        return undefined;
      },
    });
  }

  see(pod: V1Pod, type: string, service: string): void {
    if (!isPodOf(pod, service)) return;
    const uid = pod.metadata?.uid ?? "";
    if (type === "DELETED") this.#pods.delete(uid);
    else this.#pods.set(uid, pod);
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }

  /** The same one as long as it is ready. @param tried by their `uid`: those that are not wanted. */
  ready(tried: ReadonlySet<string>): V1Pod | undefined {
    const ready = [...this.#pods.values()].filter(
      (pod) => isReady(pod) && !tried.has(pod.metadata?.uid ?? ""),
    );
    const chosen = ready.find(({ metadata }) => metadata?.uid === this.#chosen) ?? ready[0];
    if (chosen !== undefined) this.#chosen = chosen.metadata?.uid ?? "";
    return chosen;
  }

  /** Waits until something is seen of them. */
  changed(): Promise<undefined> {
    return this.#changed.promise;
  }
}
