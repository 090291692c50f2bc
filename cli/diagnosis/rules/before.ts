import type { V1ContainerStatus, V1Job, V1Pod } from "#bundled/kubernetes";
import { connectionsContainer, stepsOf } from "../../../components/model/index.ts";
import { hasCondition, heldCondition } from "../../kubernetes/conditions.ts";
import { containerStatuses } from "../../kubernetes/containerStatuses.ts";
import type { EnvironmentState } from "../../kubernetes/environmentState.ts";
import { containerFinding, type ContainerFinding } from "./container.ts";
import type { Finding } from "./finding.ts";
import { isBefore, jobOf, roleOf, serviceOfJob } from "./job.ts";
import { lastLines, oneLine, tellingLine } from "./oneLine.ts";

/** What kept services from starting: a step before them that failed, or did not end in time. */
export function beforeFindings(state: EnvironmentState): Finding[] {
  return state.jobs
    .filter((job) => isBefore(job) && hasCondition(job, "Failed"))
    .map((job) => ({ ...located(job), ...failureOf(job, state) }));
}

/** The steps before services that have not ended yet. */
export function stepsUnderWay(state: EnvironmentState): Finding[] {
  const underWay = unfinished(state).filter((job) => !hasCondition(job, "Failed"));
  return underWay.map((job) => {
    const pod = podOf(job, state);
    const running = pod && containerStatuses(pod).find((one) => one.state?.running !== undefined);
    const where = pod === undefined || running === undefined ? [] : placeOf(pod, running);
    const evidence = ["what comes before it has not ended", ...where].join(": ");
    return { cause: "slow", ...located(job), evidence };
  });
}

/** The services that are not there yet, since what comes before them has not ended well. */
export function heldUp(state: EnvironmentState): string[] {
  return unfinished(state).map(serviceOfJob);
}

/** An environment's Jobs of this kind alone: of an update, they are what begins first. */
export function beforeAlone(state: EnvironmentState): EnvironmentState {
  const alone = { ...state, jobs: state.jobs.filter(isBefore), deployments: [], deleted: [] };
  return { ...alone, pods: state.pods.filter((pod) => jobOf(pod, alone) !== undefined) };
}

function unfinished({ jobs }: EnvironmentState): V1Job[] {
  return jobs.filter((job) => isBefore(job) && !hasCondition(job, "Complete"));
}

function located(job: V1Job): Pick<Finding, "service" | "object"> {
  return { service: serviceOfJob(job), object: `Job/${job.metadata?.name ?? ""}` };
}

function podOf(job: V1Job, state: EnvironmentState): V1Pod | undefined {
  return state.pods.findLast((pod) => jobOf(pod, state) === job);
}

function failureOf(job: V1Job, state: EnvironmentState): Pick<Finding, "cause" | "evidence" | "lines"> {
  const pod = podOf(job, state);
  const failed = pod && containerStatuses(pod).find((one) => (one.state?.terminated?.exitCode ?? 0) !== 0);
  if (pod !== undefined && failed !== undefined) return ofContainer(pod, failed, state);
  // The pod is gone, and what is known of it stands in the Job.
  const lines = lastLines(heldCondition(job, "Failed")?.message ?? "");
  return { cause: "before-failed", evidence: tellingLine(lines).join(), lines };
}

function ofContainer(pod: V1Pod, failed: V1ContainerStatus, state: EnvironmentState): ContainerFinding {
  const { message = "" } = failed.state?.terminated ?? {};
  const lines = lastLines(message);
  const place = placeOf(pod, failed);
  if (pod.status?.reason === "DeadlineExceeded") {
    const limit = `did not end within ${String(pod.spec?.activeDeadlineSeconds)} s`;
    const where = place.length === 0 ? limit : `${place.join()} ${limit}`;
    return { cause: "before-failed", evidence: [where, ...tellingLine(lines)].join(": "), lines };
  }
  const found = containerFinding(pod, failed, state);
  // Its own sentence, whole: it names the services.
  if (failed.name === connectionsContainer && found?.cause === "crash-loop")
    return { cause: "before-failed", evidence: oneLine(message.replace(/; see .*$/s, "")) };
  const isOfCommand = found === undefined || ["crash-loop", "exits"].includes(found.cause);
  const evidence = [...place, ...(found === undefined ? [] : [found.evidence])].join(": ");
  return {
    cause: isOfCommand ? "before-failed" : found.cause,
    evidence,
    ...(found?.lines && { lines: found.lines }),
  };
}

/** Which of several commands a container runs, in words; nothing of the only one. */
function placeOf(pod: V1Pod, { name }: V1ContainerStatus): string[] {
  if (pod.spec === undefined) return [];
  const steps = stepsOf(roleOf(pod), pod.spec);
  const step = steps.indexOf(name) + 1;
  if (step === 0) return [`its container ${name}`];
  return steps.length === 1 ? [] : [`step ${String(step)} of ${String(steps.length)}`];
}
