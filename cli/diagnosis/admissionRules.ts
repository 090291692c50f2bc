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

/**
 * What Pulumi says of an object that the API server did not take. Of an update it says the same as of an object that does
 * not get ready: the server's own words tell the two apart.
 */
export const refusedObject =
  /resource "?(?:\S*(?:\/|::))?([^\s"]+)"? was not successfully created by the Kubernetes API server ?: |reported that "(?:\S*\/)?([^\s"]+)" failed to fully initialize or become live: (?=\S+ "[^"]*" is (?:forbidden|invalid): |admission webhook |Internal error occurred: |Request entity too large)/;

/** The part of a refusal that tells why. */
export function refusalReason(message: string): string {
  return message
    .replace(refusedObject, "")
    .replace(/^.*?\bis (forbidden|invalid): (\[\]: )?/s, "")
    .replace(/^Internal error occurred: /, "");
}
