import type { V1Job, V1Pod } from "#bundled/kubernetes";
import { readReport } from "../../components/model/readinessReport.ts";
import { jobLabel, workload } from "../view/workload.ts";
import { hasCondition, type EnvironmentState } from "./environmentState.ts";
import type { Finding } from "./finding.ts";
import { gateEntries } from "./gate.ts";
import { lastLines, oneLine, tellingLine } from "./oneLine.ts";
import { usesOf } from "./serviceOrder.ts";

const gateName = "readiness";

/** The service that a Job fills with data; for any other, the Job's own name. */
export function serviceOfJob(job: string, { deployments }: EnvironmentState): string {
  const filled = /^(.+)-seed-[0-9a-f]+$/.exec(job)?.[1];
  if (filled === undefined) return job;
  const names = deployments.map(({ metadata }) => metadata?.name ?? "");
  // The name of a Job holds no more than the beginning of a long one.
  return names.find((name) => name === filled) ?? names.find((name) => name.startsWith(filled)) ?? filled;
}

/** What Jobs that failed tell: a seed's of its service, the readiness Job of those that did not answer. */
export function jobFindings(state: EnvironmentState): Finding[] {
  return state.jobs.filter(isFailed).flatMap((job) => {
    const name = job.metadata?.name ?? "";
    if (name === gateName) return notReady(job, state);
    const service = serviceOfJob(name, state);
    return service === name ? [] : [seedFailed(job, service, state)];
  });
}

/** Whether the readiness Job has given up: from then on, what is wrong stays wrong. */
export function isOver({ jobs }: EnvironmentState): boolean {
  return jobs.some((job) => job.metadata?.name === gateName && isFailed(job));
}

/** Whether it is the readiness Job, and has found that all services answer. */
export function isReady(job: V1Job): boolean {
  return job.metadata?.name === gateName && hasCondition(job, "Complete");
}

/** Whether it is the readiness Job: it comes with the services. */
export function isGate({ metadata }: V1Job): boolean {
  return metadata?.name === gateName;
}

function isFailed(job: V1Job): boolean {
  return hasCondition(job, "Failed");
}

function seedFailed(job: V1Job, service: string, state: EnvironmentState): Finding {
  const message = endOf(job, state) ?? "";
  const condition = job.status?.conditions?.find(({ type }) => type === "Failed");
  const lines = lastLines(message);
  const [evidence = oneLine(condition?.message ?? "")] = tellingLine(lines);
  return { cause: "seed-failed", service, object: `Job/${job.metadata?.name ?? ""}`, evidence, lines };
}

function notReady(job: V1Job, state: EnvironmentState): Finding[] {
  const object = "Job/readiness";
  const report = readReport(endOf(job, state) ?? "");
  const names = usesOf(state.networkPolicies);
  const entries = report === undefined ? [] : gateEntries(report, (name) => names.has(name));
  return entries.map((entry) => ({ ...entry, object }));
}

/** What the last container of a Job said at its end. */
function endOf(job: V1Job, { pods }: EnvironmentState): string | undefined {
  const own = pods.filter((pod) => isOf(pod, job));
  const containers = own.flatMap(({ status }) => status?.containerStatuses ?? []);
  const ends = containers.map(({ state, lastState }) => state?.terminated ?? lastState?.terminated);
  return ends.findLast((end) => end !== undefined && end.exitCode !== 0)?.message;
}

function isOf(pod: V1Pod, job: V1Job): boolean {
  return pod.metadata?.labels?.[jobLabel] !== undefined && workload(pod) === job.metadata?.name;
}
