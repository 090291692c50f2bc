import { hasCondition, type EnvironmentState } from "./environmentState.ts";
import type { Finding } from "./finding.ts";
import { isGate, jobFindings } from "./jobRules.ts";
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
    return names ? undefined : `its readiness Job left no report: ${oneLine(failed.message ?? "it failed")}`;
  }
  return hasCondition(gate, "Complete") ? undefined : "its readiness Job has not ended";
}
