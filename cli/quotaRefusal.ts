import { nameOf } from "./diagnosis/workloadRules.ts";
import type { EnvironmentState } from "./diagnosis/environmentState.ts";

/**
 * Whether an environment's quota refused pods of its services since then. It fits what the environment becomes, but not
 * together with what an update takes away: Pulumi deletes last.
 */
export function isRefusedByQuota({ events, deployments }: EnvironmentState, since: Date): boolean {
  const services = deployments.map(nameOf);
  return events.some(({ reason, message = "", lastTimestamp, involvedObject: { kind, name = "" } }) => {
    const isOfService = kind === "ReplicaSet" && services.includes(name.replace(/-[a-z0-9]+$/, ""));
    const isNew = lastTimestamp !== undefined && new Date(lastTimestamp) > since;
    return (
      reason === "FailedCreate" && isOfService && isNew && message.includes("exceeded quota: environment")
    );
  });
}
