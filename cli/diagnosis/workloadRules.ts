import type { V1Deployment } from "#bundled/kubernetes";
import { hasCondition, newestEvent, type EnvironmentState } from "./environmentState.ts";
import type { Finding } from "./finding.ts";
import { refusalCause, refusalReason } from "./admissionRules.ts";
import { serviceOfJob } from "./jobRules.ts";
import { oneLine } from "./oneLine.ts";

/** What is wrong with Deployments and Jobs themselves: they may not create pods, or are gone. */
export function workloadFindings(state: EnvironmentState): Finding[] {
  return [...state.deployments.flatMap(withoutPods), ...jobsWithoutPods(state), ...deletedOnes(state)];
}

export function nameOf({ metadata }: V1Deployment): string {
  return metadata?.labels?.["app.kubernetes.io/name"] ?? metadata?.name ?? "";
}

function withoutPods(deployment: V1Deployment): Finding[] {
  const failure = deployment.status?.conditions?.find(({ type }) => type === "ReplicaFailure");
  if (failure?.status !== "True") return [];
  const object = `Deployment/${deployment.metadata?.name ?? ""}`;
  return [refused(nameOf(deployment), object, failure.message ?? "")];
}

function jobsWithoutPods(state: EnvironmentState): Finding[] {
  return state.jobs.flatMap((job) => {
    const { metadata, status } = job;
    const pods = (status?.active ?? 0) + (status?.succeeded ?? 0) + (status?.failed ?? 0);
    const event = newestEvent(state, metadata?.uid, "FailedCreate");
    if (pods > 0 || event === undefined || hasCondition(job, "Complete")) return [];
    const name = metadata?.name ?? "";
    return [refused(serviceOfJob(job), `Job/${name}`, event.message ?? "")];
  });
}

function refused(service: string, object: string, message: string): Finding {
  const cause = refusalCause(message) ?? "pod-refused";
  return { cause, service, object, evidence: oneLine(refusalReason(message)) };
}

function deletedOnes({ deployments, deleted }: EnvironmentState): Finding[] {
  const present = deployments.map(nameOf);
  const gone = [...new Set(deleted)].filter((service) => !present.includes(service));
  return gone.map((service) => {
    return { cause: "deleted", service, object: `Deployment/${service}`, evidence: "its Deployment is gone" };
  });
}
