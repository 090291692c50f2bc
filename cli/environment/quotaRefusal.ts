import { quotaName } from "../../components/model/index.ts";
import { isTest } from "../diagnosis/rules/job.ts";
import { nameOf } from "../diagnosis/rules/workload.ts";
import type { EnvironmentState } from "../kubernetes/environmentState.ts";

/**
 * Whether an environment's quota refused pods of its services, or of the Jobs that come with them, since then. It fits what
 * the environment becomes, but not together with what an update takes away: Pulumi deletes last.
 */
export function isRefusedByQuota({ events, deployments, jobs }: EnvironmentState, since: Date): boolean {
  const services = deployments.map(nameOf);
  // Tests wait for their turn.
  const jobNames = jobs.filter((job) => !isTest(job)).map(({ metadata }) => metadata?.name);
  return events.some(({ reason, message = "", lastTimestamp, involvedObject: { kind, name = "" } }) => {
    const isOfService = kind === "ReplicaSet" && services.includes(name.replace(/-[a-z0-9]+$/, ""));
    const isOfJob = kind === "Job" && jobNames.includes(name);
    const isNew = lastTimestamp !== undefined && new Date(lastTimestamp) > since;
    return (
      reason === "FailedCreate" &&
      (isOfService || isOfJob) &&
      isNew &&
      message.includes(`exceeded quota: ${quotaName}`)
    );
  });
}
