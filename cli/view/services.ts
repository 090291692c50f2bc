import { readinessJobName, testJobName } from "../../components/model/index.ts";
import { phaseOf, type Phase } from "./phase.ts";
import { steps, type Marks, type Pods, type SeenPod, type Step } from "./pods.ts";
import { isOfJob, workload } from "../kubernetes/workload.ts";

/** A service or a Job of an environment: that of its pods which is least far. */
export interface ServiceState {
  name: string;
  isJob: boolean;
  phase: Phase;
  step: Step;
  marks: Marks;
}

/** All that has pods, or had, in the order in which it was seen first. */
export function services(pods: Pods): ServiceState[] {
  const groups = Map.groupBy(pods.values(), ({ pod }) => nameOf(pod));
  const states = [...groups].flatMap(([name, group]) => stateOf(name, group));
  const waiting = states.filter(({ isJob, phase }) => !isJob && ["busy", "wrong"].includes(phase.kind));
  return states.map((state) => asGate(state, waiting));
}

const testJob = new RegExp(`^(${testJobName}(?:-[-a-z0-9]+)?)-[a-z0-9]{5}$`);

/** A Job that was started from the tests' CronJob has another name each time. */
function nameOf(pod: SeenPod["pod"]): string {
  const name = workload(pod);
  return isOfJob(pod) ? (testJob.exec(name)?.[1] ?? name) : name;
}

function stateOf(name: string, group: SeenPod[]): ServiceState[] {
  // What is replaced, or was evicted, tells nothing as long as there is another.
  const active = group.filter(({ pod, step }) => step !== "removed" && isActive(pod));
  const [shown] = (active.length > 0 ? active : group).sort(byProgress);
  if (shown === undefined) return [];
  const { pod, step, marks } = shown;
  return [{ name, isJob: isOfJob(pod), phase: phaseOf(shown), step, marks }];
}

function isActive(pod: SeenPod["pod"]): boolean {
  const { metadata, status } = pod;
  // A service's pod whose process ended well was told to end.
  const isOver = status?.phase === "Failed" || (status?.phase === "Succeeded" && !isOfJob(pod));
  return metadata?.deletionTimestamp === undefined && !isOver;
}

/** The least far first; of equals, the last to get there. */
function byProgress(a: SeenPod, b: SeenPod): number {
  const far = steps.indexOf(a.step) - steps.indexOf(b.step);
  return far === 0 ? (b.marks[b.step] ?? -1) - (a.marks[a.step] ?? -1) : far;
}

/** Says of the Job that ends once every service answers whom it waits for. */
function asGate(state: ServiceState, waiting: ServiceState[]): ServiceState {
  const { name, isJob, phase } = state;
  if (!isJob || name !== readinessJobName || phase.text !== "runs") return state;
  const names = waiting.map((service) => service.name).join(", ");
  return { ...state, phase: { ...phase, text: names === "" ? "asks the services" : `waits for ${names}` } };
}
