import type { Service } from "../graph/service.ts";
import { oneOf, type Form } from "../rules/form.ts";
import { shown } from "../rules/shown.ts";

/** Level of the Pod Security Standards that an environment enforces. */
export const PodSecurity = {
  /** Nothing runs as root. */
  restricted: "restricted",
  /** A service may run as root, with what runtimes give to every container. */
  baseline: "baseline",
} as const;
export type PodSecurity = (typeof PodSecurity)[keyof typeof PodSecurity];

export const podSecurityForm: Form<PodSecurity> = oneOf(Object.values(PodSecurity));

/** @throws when a service runs as root where nothing may. */
export function checkUsers(services: Service[], podSecurity: PodSecurity): void {
  const root = services.find(({ user }) => user === 0)?.name;
  if (root === undefined || podSecurity !== PodSecurity.restricted) return;
  throw new Error(
    `user of service ${shown(root)} is 0, which podSecurity restricted forbids: give it another one, such as 10001, or set podSecurity to baseline, which the line of lowest in ci/admission.yaml has to admit`,
  );
}
