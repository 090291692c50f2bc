import type { CoreV1Event, V1ContainerStatus, V1Pod } from "#bundled/kubernetes";
import { isOfJob } from "../kubernetes/workload.ts";

/** What a pod goes through, in this order. One of a Job is ready when its work is done. */
export const steps = ["created", "scheduled", "pulled", "started", "ready", "removed"] as const;
export type Step = (typeof steps)[number];

/** When a step was seen, in seconds since the run's start; one that was taken before the run is left out. */
export type Marks = Partial<Record<Step, number>>;

/** A pod, as the watches have told of it so far. */
export interface SeenPod {
  /** As it was seen last. */
  pod: V1Pod;
  /** The last step that it took. */
  step: Step;
  marks: Marks;
  isPulling: boolean;
  /** What an event says that the pod waits for, as long as it takes no step after this one. */
  said?: { step: Step; text: string };
}

/** By `uid`, in the order in which they were seen first. */
export type Pods = ReadonlyMap<string, SeenPod>;

/** Takes in what a watch says of a pod; what it says again, as after a new connection, changes nothing. */
export function seePod(pods: Pods, type: string, pod: V1Pod, seconds: number): Pods {
  const uid = pod.metadata?.uid;
  if (uid === undefined) return pods;
  const step = stepOf(pod);
  // What is further already took its steps before it was looked at.
  const first = { pod, step, marks: step === "created" ? { created: seconds } : {}, isPulling: false };
  const now = advanced(pods.get(uid) ?? first, type === "DELETED" ? "removed" : step, seconds);
  return new Map(pods).set(uid, { ...now, pod });
}

/** Reasons of events that say what a pod waits for, and the step after which it does. */
const hindrances: Record<string, Step> = {
  FailedScheduling: "created",
  FailedMount: "scheduled",
  FailedCreatePodSandBox: "scheduled",
  Unhealthy: "started",
};

/** Takes in an event about a pod that was seen. */
export function seeEvent(pods: Pods, event: CoreV1Event, seconds: number): Pods {
  const { reason = "", message = "", involvedObject } = event as Partial<CoreV1Event>;
  const uid = involvedObject?.uid ?? "";
  const known = pods.get(uid);
  if (known === undefined) return pods;
  if (reason === "Pulled") return new Map(pods).set(uid, advanced(known, "pulled", seconds));
  if (reason === "Pulling") return new Map(pods).set(uid, { ...known, isPulling: true });
  const step = hindrances[reason];
  return step === undefined ? pods : new Map(pods).set(uid, { ...known, said: { step, text: message } });
}

/** Whoever took a step took those before it, at the latest now; only to be removed, none is needed. */
function advanced(known: SeenPod, step: Step, seconds: number): SeenPod {
  const [from, to] = [steps.indexOf(known.step), steps.indexOf(step)];
  if (to <= from) return known;
  const taken = step === "removed" ? [step] : steps.slice(from + 1, to + 1);
  return {
    ...known,
    step,
    marks: { ...known.marks, ...Object.fromEntries(taken.map((one) => [one, seconds])) },
  };
}

function stepOf(pod: V1Pod): Step {
  const { spec, status } = pod;
  if (isOfJob(pod) ? status?.phase === "Succeeded" : isReady(pod)) return "ready";
  const containers = status?.containerStatuses ?? [];
  if (containers.length > 0 && containers.every(hasStarted)) return "started";
  return spec?.nodeName === undefined ? "created" : "scheduled";
}

export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** A container that never ran ends, too, and then has no time of its start. */
function hasStarted({ state, lastState }: V1ContainerStatus): boolean {
  return [state?.running, state?.terminated, lastState?.terminated].some((one) => Boolean(one?.startedAt));
}
