import { exitCodes } from "../../foundation/failure.ts";
import type { Observation } from "../kubernetes/observation.ts";
import { PulumiFailure } from "../pulumi/pulumi.ts";
import { refusedObject } from "../pulumi/refusedObject.ts";
import { refusalCause, refusalReason } from "./rules/admission.ts";
import type { CauseId } from "./rules/causes.ts";
import { EnvironmentFailure, stateOf } from "./diagnosis.ts";
import type { Finding } from "./rules/finding.ts";
import { allFindings, findingsIn } from "./findings.ts";
import { oneLine } from "./rules/oneLine.ts";

/**
 * Why an update failed: what the cluster refused, or what is wrong with the services at the end of their time. An
 * error that has another reason stays what it is.
 */
export async function explained(error: unknown, observation: Observation): Promise<unknown> {
  if (!(error instanceof PulumiFailure) || error.exitCode !== exitCodes.broken) return error;
  const refused = refusedBy(error);
  if (refused !== undefined) return new EnvironmentFailure([refused]);
  if (!isOfWait(error)) return error;
  await observation.settled();
  const known = stateOf(observation);
  const [looks, routes] = await Promise.all([observation.looksAt(known), observation.routes()]);
  const state = { ...known, looks, routes };
  const isLate = /timed out|deadline|timeout/i.test(error.output);
  const [root, ...others] = isLate ? allFindings(state) : findingsIn(state);
  return root === undefined ? error : new EnvironmentFailure([root, ...others]);
}

/** Whether it is that something did not get ready; else whatever starts meanwhile would look like the reason. */
export function isOfWait({ message }: PulumiFailure): boolean {
  return /failed to fully initialize or become live|Resource operation was cancelled|timed out waiting/.test(
    message,
  );
}

/** Judges of objects of any kind. */
const judges: CauseId[] = ["webhook-refused", "webhook-unreachable", "policy-refused"];

/** An object that the API server refused itself, before there was a pod: `deployments.apps "deals" is forbidden: ...`. */
export function refusedBy({ message }: Pick<PulumiFailure, "message">): Finding | undefined {
  const known = refusalCause(message);
  const [, created, resource = created ?? ""] = refusedObject.exec(message) ?? [];
  if (known === undefined && resource === "") return undefined;
  const [, kind = "object", name = resource] =
    /([A-Za-z]+)(?:\.[a-z0-9.]+)? "([^"]+)" is (?:forbidden|invalid)/.exec(message) ?? [];
  return {
    cause: known !== undefined && (resource === "" || judges.includes(known)) ? known : "object-refused",
    service: name === "" ? "an object" : name,
    object: `${kind}/${name}`,
    evidence: oneLine(refusalReason(message)),
  };
}
