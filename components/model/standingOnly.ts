import type { Service } from "./graph/service.ts";
import { EnvironmentKind } from "./lifetime/kind.ts";
import { shown } from "./rules/shown.ts";

/** What of a service is for environments that stay, and why. */
const standingOnly = {
  volume: "a preview keeps nothing",
  autoscaling: "a preview has as many pods as it states",
  secretRefs: "the namespace of a preview has no Secret that was there before",
} satisfies Partial<Record<keyof Service, string>>;

/** @throws when a preview is to have what only an environment has that stays. */
export function checkStandingOnly(kind: EnvironmentKind, services: Service[]): void {
  if (kind === EnvironmentKind.standing) return;
  for (const service of services)
    for (const [field, why] of Object.entries(standingOnly)) {
      if (service[field as keyof typeof standingOnly] === undefined) continue;
      throw new Error(
        `${field} of service ${shown(service.name)} needs the kind standing, since ${why}: leave it out, or set it for a stack of that kind alone`,
      );
    }
}
