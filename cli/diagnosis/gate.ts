import type { ReadinessReport, ServiceReport } from "../../components/model/readinessReport.ts";
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
  return services.flatMap((report) => (report.failure === undefined ? [] : [entry(report, isService)]));
}

function entry(report: ServiceReport, isService: (name: string) => boolean): GateEntry {
  const { service, failure = "", body = "", dependency, commit } = report;
  const evidence = oneLine(body === "" ? failure : `${failure}: ${body}`);
  if (dependency !== undefined)
    return {
      cause: "dependency-down",
      ...(isService(dependency)
        ? { service: dependency, evidence: `${service}: ${evidence}` }
        : { service, evidence }),
    };
  return { cause: commit === undefined ? "no-answer" : "wrong-commit", service, evidence };
}
