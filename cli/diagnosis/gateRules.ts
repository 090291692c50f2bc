import type { V1Job } from "#bundled/kubernetes";
import { ownStatus } from "../containerStatuses.ts";
import { hasCondition, type EnvironmentState } from "./environmentState.ts";
import type { Finding } from "./finding.ts";
import { isGate, jobFindings, jobOf } from "./jobRules.ts";
import { oneLine } from "./oneLine.ts";

/** Why the readiness Job does not say that the environment is ready, where it names no service. */
export function gateFindings(state: EnvironmentState): Finding[] {
  const evidence = doubtIn(state);
  if (evidence === undefined) return [];
  return [{ cause: "not-checked", service: "environment", object: "Job/readiness", evidence }];
}

function doubtIn(state: EnvironmentState): string | undefined {
  const gate = state.jobs.find(isGate);
  if (gate === undefined) return "it has no readiness Job";
  const failed = gate.status?.conditions?.find(({ type, status }) => type === "Failed" && status === "True");
  if (failed !== undefined) {
    const names = jobFindings(state).some(({ object }) => object === "Job/readiness");
    const injected = endedBeside(gate, state);
    if (injected !== undefined) return `its readiness Job failed with its container ${injected}`;
    return names ? undefined : `its readiness Job left no report: ${oneLine(failed.message ?? "it failed")}`;
  }
  return hasCondition(gate, "Complete") ? undefined : "its readiness Job has not ended";
}

/** The container that somebody injected beside a Job's own, which has ended well, and that has failed. */
function endedBeside(job: V1Job, state: EnvironmentState): string | undefined {
  const pods = state.pods.filter((pod) => jobOf(pod, state) === job);
  const done = pods.filter((pod) => ownStatus(pod)?.state?.terminated?.exitCode === 0);
  const containers = done.flatMap(({ status }) => status?.containerStatuses ?? []);
  const failed = containers.find(({ state: now }) => (now?.terminated?.exitCode ?? 0) !== 0);
  const code = String(failed?.state?.terminated?.exitCode);
  return failed && `${failed.name}, which was injected and ended with exit code ${code}`;
}
