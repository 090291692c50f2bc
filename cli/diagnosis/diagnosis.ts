import { Failure } from "../../foundation/failure.ts";
import type { Observation } from "../kubernetes/observation.ts";
import { own, ownPods, withoutFormerSeeds, type EnvironmentState } from "../kubernetes/environmentState.ts";
import { causes } from "./rules/causes.ts";
import { sentence, type Finding } from "./rules/finding.ts";
import { isReady } from "./rules/job.ts";
import { nameOf } from "./rules/workload.ts";

/** Why an environment is not as promised: its message is the root cause in one sentence, with the next step. */
export class EnvironmentFailure extends Failure {
  /** The root cause first, then the others in the graph's order. */
  readonly findings: [Finding, ...Finding[]];

  constructor(findings: [Finding, ...Finding[]]) {
    super("broken", sentence(findings[0]));
    this.findings = findings;
  }
}

/** What is known at the moment. */
export function stateOf(observation: Observation): EnvironmentState {
  const jobs = own(observation.objects("jobs"));
  return withoutFormerSeeds({
    ...{ pods: ownPods(observation.objects("pods")), events: observation.objects("events"), jobs },
    deployments: own(observation.objects("deployments")),
    networkPolicies: own(observation.objects("networkpolicies")),
    // An update deletes what it drops at its end, when all is ready.
    deleted: jobs.some(isReady) ? [] : own(observation.deletedDeployments).map(nameOf),
  });
}

/** The findings for people: each with its identifier, its object, and what its log says. */
export function details(findings: Finding[]): string[] {
  return findings.flatMap(({ cause, service, object, evidence, lines = [] }) => [
    `${service} ${causes[cause].says} [${cause}]`,
    `  ${object}${evidence === "" ? "" : `: ${evidence}`}`,
    ...lines.map((line) => `  | ${line}`),
  ]);
}

/** The findings for programs. */
export function facts([root, ...others]: [Finding, ...Finding[]]): object {
  const fact = ({ cause, service, object, evidence, lines }: Finding) => ({
    ...{ cause, service, object, evidence, next: causes[cause].next },
    ...(lines !== undefined && { lines }),
  });
  return { ...fact(root), others: others.map(fact) };
}
