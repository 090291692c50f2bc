import type { V1Deployment, V1DeploymentStatus } from "#bundled/kubernetes";
import { nameLabel } from "../../../components/model/index.ts";
import { hasCondition } from "../../kubernetes/conditions.ts";
import { newestEvent, type EnvironmentState } from "../../kubernetes/environmentState.ts";
import type { Finding } from "./finding.ts";
import { refusalCause, refusalReason } from "./admission.ts";
import { heldUp } from "./before.ts";
import { isTest, serviceOfJob } from "./job.ts";
import { oneLine } from "./oneLine.ts";

/** What is wrong with Deployments and Jobs themselves: they may not create pods, or are gone. */
export function workloadFindings(state: EnvironmentState): Finding[] {
  return [
    ...state.deployments.flatMap(withoutPods),
    ...state.deployments.flatMap(scaledDown),
    ...jobsWithoutPods(state),
    ...deletedOnes(state),
  ];
}

export function nameOf({ metadata }: V1Deployment): string {
  return metadata?.labels?.[nameLabel] ?? metadata?.name ?? "";
}

/** Deployments whose newest revision does not run yet, or not alone. */
export function rollOuts({ deployments }: EnvironmentState): Finding[] {
  return deployments.flatMap((deployment): Finding[] => {
    const { metadata, spec, status } = deployment;
    const wanted = spec?.replicas ?? 1;
    const {
      updatedReplicas = 0,
      availableReplicas = 0,
      replicas = 0,
      observedGeneration = 0,
    } = {
      ...(status as Partial<V1DeploymentStatus> | undefined),
    };
    const isDone =
      observedGeneration >= (metadata?.generation ?? 0) &&
      [updatedReplicas, availableReplicas, replicas].every((count) => count === wanted);
    if (isDone) return [];
    const evidence = `its roll-out is not finished: ${String(updatedReplicas)} of ${String(wanted)} new pods, ${String(availableReplicas)} available, ${String(replicas)} in all`;
    return [{ cause: "slow", service: nameOf(deployment), object: objectOf(deployment), evidence }];
  });
}

function scaledDown(deployment: V1Deployment): Finding[] {
  if (deployment.spec?.replicas !== 0) return [];
  const object = objectOf(deployment);
  return [{ cause: "scaled-down", service: nameOf(deployment), object, evidence: "replicas: 0" }];
}

function objectOf({ metadata }: V1Deployment): string {
  return `Deployment/${metadata?.name ?? ""}`;
}

function withoutPods(deployment: V1Deployment): Finding[] {
  const failure = deployment.status?.conditions?.find(({ type }) => type === "ReplicaFailure");
  if (failure?.status !== "True") return [];
  return [refused(nameOf(deployment), objectOf(deployment), failure.message ?? "")];
}

function jobsWithoutPods(state: EnvironmentState): Finding[] {
  return state.jobs.flatMap((job) => {
    const { metadata, status } = job;
    const pods = (status?.active ?? 0) + (status?.succeeded ?? 0) + (status?.failed ?? 0);
    const event = newestEvent(state, metadata?.uid, "FailedCreate");
    if (pods > 0 || event === undefined || hasCondition(job, "Complete")) return [];
    const name = metadata?.name ?? "";
    if (isTest(job) && name !== state.tested) return [];
    return [refused(serviceOfJob(job), `Job/${name}`, event.message ?? "")];
  });
}

function refused(service: string, object: string, message: string): Finding {
  const cause = refusalCause(message) ?? "pod-refused";
  return { cause, service, object, evidence: oneLine(refusalReason(message)) };
}

function hasPorts({ spec }: V1Deployment): boolean {
  return spec?.template.spec?.containers.some(({ ports = [] }) => ports.length > 0) ?? false;
}

function deletedOnes(state: EnvironmentState): Finding[] {
  const { deployments, deleted, services } = state;
  // One whose pods have no port has none, and so none that could be gone.
  const withoutPorts = deployments.filter((deployment) => !hasPorts(deployment)).map(nameOf);
  const present = {
    Deployment: [...deployments.map(nameOf), ...heldUp(state)],
    Service: services?.map(({ metadata }) => metadata?.name).concat(withoutPorts),
  };
  return [...new Set(deleted)].flatMap((service) => {
    const [kind] = Object.entries(present).find(([, names]) => names?.includes(service) === false) ?? [];
    if (kind === undefined) return [];
    return [
      { cause: "deleted", service, object: `${kind}/${service}`, evidence: `its ${kind} is gone` } as const,
    ];
  });
}
