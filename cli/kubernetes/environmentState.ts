import type {
  CoreV1Event,
  KubernetesObject,
  V1Deployment,
  V1Job,
  V1NetworkPolicy,
  V1Pod,
  V1ReplicaSet,
  V1Service,
} from "#bundled/kubernetes";
import { filledLabel, isOurPod, isOurs, roleLabel, seedAnnotation } from "../../components/model/index.ts";
import type { RouteObject } from "./route.ts";
import { isOfJob, workload } from "./workload.ts";
import type { Looks } from "./closerLook.ts";

/** What is known of an environment at one moment. */
export interface EnvironmentState {
  pods: V1Pod[];
  deployments: V1Deployment[];
  jobs: V1Job[];
  events: CoreV1Event[];
  networkPolicies: V1NetworkPolicy[];
  /** Services that were deployed, and were deleted by somebody. */
  deleted: string[];
  /** Default: they are not known. */
  services?: V1Service[];
  /** Routes of the Gateway API. Default: they are not known. */
  routes?: RouteObject[];
  /** Name of the test Job that is asked for. Default: none, and test Jobs may take their turn. */
  tested?: string;
  /** Default: they are not known. */
  replicaSets?: V1ReplicaSet[];
  /** What pods said when they were asked. Default: nobody asked them. */
  looks?: Looks;
}

/** The environment's own objects: what people put beside them is theirs, and not judged. */
export function own<T extends KubernetesObject>(objects: T[]): T[] {
  return objects.filter(({ metadata }) => isOurs(metadata?.labels));
}

/** The same of pods. */
export function ownPods(pods: V1Pod[]): V1Pod[] {
  return pods.filter(({ metadata }) => isOurPod(metadata?.labels));
}

/**
 * The same without the seeds of earlier versions: an update deletes them at its end, and what is wrong with them has been
 * corrected. A service's Deployment names its seed.
 */
export function withoutFormerSeeds(state: EnvironmentState): EnvironmentState {
  const isFormer = ({ metadata }: KubernetesObject, job: string | undefined) => {
    const service = metadata?.labels?.[roleLabel] === "seed" ? metadata.labels[filledLabel] : undefined;
    const deployment = state.deployments.find((one) => one.metadata?.name === service);
    return deployment !== undefined && deployment.metadata?.annotations?.[seedAnnotation] !== job;
  };
  return {
    ...state,
    jobs: state.jobs.filter((job) => !isFormer(job, job.metadata?.name)),
    // By their own labels: they outlive their Job by a moment.
    pods: state.pods.filter((pod) => !isOfJob(pod) || !isFormer(pod, workload(pod))),
  };
}

/** Events about an object, the newest last. */
export function eventsOf({ events }: EnvironmentState, uid: string | undefined): CoreV1Event[] {
  const ofObject = events.filter(({ involvedObject }) => involvedObject.uid === uid);
  return ofObject.sort((a, b) => time(a) - time(b));
}

/** The newest event of one of these reasons, if there is one. */
export function newestEvent(
  state: EnvironmentState,
  uid: string | undefined,
  ...reasons: string[]
): CoreV1Event | undefined {
  return eventsOf(state, uid).findLast(({ reason = "" }) => reasons.includes(reason));
}

function time({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}

export function isOfService(pod: V1Pod): boolean {
  return !isOfJob(pod);
}

const templateHash = "pod-template-hash";

/** The pods that count: none that is going, and of a Deployment none that a newer template replaces. */
export function presentPods({ pods }: EnvironmentState): V1Pod[] {
  const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const newest = new Map<string, V1Pod>();
  for (const pod of staying) {
    const known = newest.get(workload(pod));
    if (known === undefined || created(known) < created(pod)) newest.set(workload(pod), pod);
  }
  const hash = ({ metadata }: V1Pod) => metadata?.labels?.[templateHash];
  return staying.filter((pod) => hash(pod) === hash(newest.get(workload(pod)) ?? pod));
}

function created({ metadata }: V1Pod): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}
