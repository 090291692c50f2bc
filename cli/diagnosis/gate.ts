import type { CauseId } from "./causes.ts";
import type { Finding } from "./finding.ts";

type GateEntry = Pick<Finding, "cause" | "service" | "evidence">;

/** What the readiness Job says at its end: one entry for each service that did not answer, in its order. */
export function gateEntries(message: string): GateEntry[] {
  const [, list = ""] = /not ready within \d+ s: (.*)/s.exec(message) ?? [];
  return [...list.matchAll(/(?:^|, )([a-z0-9-]+) \(([^()]*)\)/g)].map(([, service = "", reason = ""]) =>
    entry(service, reason),
  );
}

function entry(service: string, reason: string): GateEntry {
  const [, dependency] = / reports that ([a-z0-9-]+) does not work/.exec(reason) ?? [];
  if (dependency !== undefined)
    return { cause: "dependency-down", service: dependency, evidence: `${service}: ${reason}` };
  const cause: CauseId = / reports .* instead of /.test(reason) ? "wrong-commit" : "no-answer";
  return { cause, service, evidence: reason };
}
