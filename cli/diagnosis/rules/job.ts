import type { V1Job, V1Pod } from "#bundled/kubernetes";
import {
  filledLabel,
  nameLabel,
  readinessJobName,
  readReport,
  roleLabel,
} from "../../../components/model/index.ts";
import { hasCondition, heldCondition } from "../../kubernetes/conditions.ts";
import { containerFailed, ownStatus } from "../../kubernetes/containerStatuses.ts";
import { isOfJob, workload } from "../../kubernetes/workload.ts";
import type { EnvironmentState } from "../../kubernetes/environmentState.ts";
import type { Finding } from "./finding.ts";
import { gateEntries } from "./readinessMessage.ts";
import { lastLines, oneLine, tellingLine } from "./oneLine.ts";
import { usesOf } from "./serviceOrder.ts";

/** What a Job is there for; nothing where it is not the environment's. */
export function roleOf({ metadata }: Pick<V1Job, "metadata">): string | undefined {
  return metadata?.labels?.[roleLabel];
}

/** Whom the trouble of a Job concerns: the service that it fills, or that it comes before, else the Job itself. */
export function serviceOfJob(job: V1Job): string {
  const label = isBefore(job) ? nameLabel : filledLabel;
  return job.metadata?.labels?.[label] ?? job.metadata?.name ?? "";
}

/** The Job that made a pod. */
export function jobOf(pod: V1Pod, { jobs }: EnvironmentState): V1Job | undefined {
  return isOfJob(pod) ? jobs.find(({ metadata }) => metadata?.name === workload(pod)) : undefined;
}

/** What Jobs that failed tell: a seed's of its service, the readiness Job of those that did not answer. */
export function jobFindings(state: EnvironmentState): Finding[] {
  return state.jobs.filter(isFailed).flatMap((job) => {
    if (isGate(job)) return notReady(job, state);
    return roleOf(job) === "seed" ? [seedFailed(job, state)] : [];
  });
}

/** Whether the readiness Job has given up: from then on, what is wrong stays wrong. */
export function isOver({ jobs }: EnvironmentState): boolean {
  return jobs.some((job) => isGate(job) && isFailed(job));
}

/** Whether it is the readiness Job, and has found that all services answer. */
export function isReady(job: V1Job): boolean {
  return isGate(job) && hasCondition(job, "Complete");
}

/** Whether it is the readiness Job: it comes with the services. A copy under another name is somebody's own. */
export function isGate(job: V1Job): boolean {
  return roleOf(job) === "readiness" && job.metadata?.name === readinessJobName;
}

/** Whether it runs tests, or a task: several may wait for their turn. */
export function isTest(job: V1Job): boolean {
  return ["test", "task"].includes(roleOf(job) ?? "");
}

/** Whether it has to end well before a service starts. */
export function isBefore(job: V1Job): boolean {
  return roleOf(job) === "before";
}

function isFailed(job: V1Job): boolean {
  return hasCondition(job, "Failed");
}

function seedFailed(job: V1Job, state: EnvironmentState): Finding {
  const service = serviceOfJob(job);
  const message = endOf(job, state) ?? "";
  const condition = heldCondition(job, "Failed");
  const lines = lastLines(message);
  const [evidence = oneLine(condition?.message ?? "")] = tellingLine(lines);
  return { cause: "seed-failed", service, object: `Job/${job.metadata?.name ?? ""}`, evidence, lines };
}

function notReady(job: V1Job, state: EnvironmentState): Finding[] {
  const object = `Job/${readinessJobName}`;
  const report = readReport(endOf(job, state) ?? "");
  const names = usesOf(state.networkPolicies);
  const entries = report === undefined ? [] : gateEntries(report, (name) => names.has(name));
  return entries.map((entry) => ({ ...entry, object }));
}

/**
 * What the container of a Job, whatever else runs beside it, said at its last failure. Where it was ended by us, the pod
 * is gone, and the Job says it.
 */
function endOf(job: V1Job, state: EnvironmentState): string | undefined {
  const pods = state.pods.filter((pod) => jobOf(pod, state) === job);
  const ends = pods.map(ownStatus).map((own) => own?.state?.terminated ?? own?.lastState?.terminated);
  const said = ends.findLast((end) => end !== undefined && end.exitCode !== 0)?.message ?? "";
  const ended = job.status?.conditions?.find(({ reason }) => reason === containerFailed);
  return said === "" ? ended?.message : said;
}
