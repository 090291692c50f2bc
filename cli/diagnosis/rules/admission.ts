import { refusedObject } from "../../pulumi/refusedObject.ts";
import type { CauseId } from "./causes.ts";

/** What the API server says of an object that it does not take. */
const said: [RegExp, CauseId][] = [
  [/exceeded quota|failed quota/, "quota-exceeded"],
  [/violates PodSecurity/, "pod-security"],
  [/(maximum|minimum) \S+ usage per|limit to request ratio/, "limit-range"],
  [/failed calling webhook|failed to call webhook/, "webhook-unreachable"],
  [/admission webhook "[^"]*" denied/, "webhook-refused"],
  [/ValidatingAdmissionPolicy|policy '[^']*' with binding '[^']*' denied/, "policy-refused"],
  [/error looking up service account|serviceaccount "[^"]*" not found/, "service-account-missing"],
  [/no PriorityClass with name/, "priority-class-missing"],
];

/** Why the API server refuses an object; nothing where it does not say so. */
export function refusalCause(message: string): CauseId | undefined {
  return said.find(([pattern]) => pattern.test(message))?.[1];
}

/** The part of a refusal that tells why. */
export function refusalReason(message: string): string {
  return message
    .replace(refusedObject, "")
    .replace(/^.*?\bis (forbidden|invalid): (\[\]: )?/s, "")
    .replace(/^Internal error occurred: /, "");
}
