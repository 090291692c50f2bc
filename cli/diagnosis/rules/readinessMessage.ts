import type { ReadinessReport, ServiceReport } from "../../../components/model/index.ts";
import type { Finding } from "./finding.ts";
import { oneLine } from "./oneLine.ts";

type GateEntry = Pick<Finding, "cause" | "service" | "evidence">;

/**
 * What the readiness Job reports: one entry for each service that did not answer as it should, in its order.
 * @param isService whether the environment has a service of that name: health pages may name anything.
 */
export function gateEntries(
  { services }: ReadinessReport,
  isService: (name: string) => boolean,
): GateEntry[] {
  return services.flatMap((report) => (report.failure === undefined ? [] : [entryOf(report, isService)]));
}

/** What follows from an answer that is not as it should be. */
export function entryOf(report: ServiceReport, isService: (name: string) => boolean): GateEntry {
  const { service, dependency, commit } = report;
  const evidence = answerIn(report);
  // Asked through the gateway once the service itself is ready.
  if (/^GET https?:/.test(report.asked)) return { cause: "no-address", service, evidence };
  if (dependency === undefined)
    return { cause: commit === undefined ? "no-answer" : "wrong-commit", service, evidence };
  const ofDependency = { service: dependency, evidence: `${service}: ${evidence}` };
  return { cause: "dependency-down", ...(isService(dependency) ? ofDependency : { service, evidence }) };
}

/** What a service answered instead of being ready, with the beginning of the page. */
export function answerIn({ failure = "", body = "" }: ServiceReport): string {
  return oneLine(body === "" ? failure : `${failure}: ${body}`);
}
