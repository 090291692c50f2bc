import { isDeepStrictEqual } from "node:util";
import type { V1Job, V1PodTemplateSpec, V1ReplicaSet, V1Service } from "#bundled/kubernetes";
import { templateDiffers } from "../kubernetes/essence.ts";
import { hasCondition, heldCondition } from "../kubernetes/conditions.ts";
import { ownStatus } from "../kubernetes/containerStatuses.ts";
import type { EnvironmentState } from "../kubernetes/environmentState.ts";
import type { Finding } from "./rules/finding.ts";
import {
  marksOf,
  readinessJobName,
  revisionsAnnotation,
  workloadLabels,
  shown,
} from "../../components/model/index.ts";
import { allFindings } from "./findings.ts";
import { isGate, jobFindings, jobOf } from "./rules/job.ts";
import { oneLine } from "./rules/oneLine.ts";
import { nameOf } from "./rules/workload.ts";

/**
 * All that keeps an environment from counting as ready.
 * @param commit what its mark says that it runs.
 */
export function readinessBlockers(state: EnvironmentState, commit: string | undefined): Finding[] {
  const known = allFindings(state);
  return [...known, ...gateFindings(state, known, commit)];
}

/**
 * Why the readiness Job does not say that the environment is ready, where it names no service.
 * @param others what is known to be wrong: that a Job has not ended which waits for it needs no mention.
 */
export function gateFindings(state: EnvironmentState, others: Finding[], commit?: string): Finding[] {
  const evidence = whyUnproven(state, commit);
  if (evidence === undefined || (evidence === hasNotEnded && others.length > 0)) return [];
  return [{ cause: "not-checked", service: "environment", object: `Job/${readinessJobName}`, evidence }];
}

const hasNotEnded = "its readiness Job has not ended";

/** Why nobody knows that the environment, as it is now, works; nothing where that is known. */
export function whyUnproven(state: EnvironmentState, commit: string | undefined): string | undefined {
  const gate = state.jobs.find(isGate);
  if (gate === undefined) return "it has no readiness Job";
  const failed = heldCondition(gate, "Failed");
  if (failed !== undefined) {
    const names = jobFindings(state).some(({ object }) => object === `Job/${readinessJobName}`);
    const injected = endedBeside(gate, state);
    if (injected !== undefined) return `its readiness Job failed with its container ${injected}`;
    return names ? undefined : `its readiness Job left no report: ${oneLine(failed.message ?? "it failed")}`;
  }
  if (!hasCondition(gate, "Complete")) return hasNotEnded;
  return ofAnotherCommit(gate, commit) ?? isOfAnother(gate, state) ?? changedSince(state) ?? misrouted(state);
}

/** Whether the namespace is marked with another commit than the Job asked for, as after an update that was refused. */
function ofAnotherCommit(gate: V1Job, commit: string | undefined): string | undefined {
  const { commit: asked } = marksOf(gate.spec?.template.metadata?.annotations);
  if (asked === undefined || commit === undefined || asked === commit) return undefined;
  return `its readiness Job asked for commit ${shown(asked)}, and its namespace is marked with ${shown(commit)}`;
}

/** Whether the Job asked other pods than those which the Deployments describe now. */
function isOfAnother(gate: V1Job, { services = [], deployments }: EnvironmentState): string | undefined {
  const asked = gate.spec?.template.metadata?.annotations?.[revisionsAnnotation];
  if (asked === undefined) return undefined;
  const ports = services.find(({ metadata }) => metadata?.name === asked)?.spec?.ports;
  if (ports === undefined) return "its readiness Job asked revisions that are there no longer";
  const changed = ports.filter(({ name, targetPort }) => {
    const deployment = deployments.find((one) => nameOf(one) === name);
    const own = deployment?.spec?.template.spec?.containers.find((container) => container.name === name);
    const [revision] = own?.ports?.flatMap((port) => port.name ?? []) ?? [];
    return revision !== undefined && revision !== targetPort;
  });
  const names = changed.map(({ name }) => name).join(", ");
  return names === "" ? undefined : `its readiness Job asked another revision of ${names}`;
}

/**
 * Deployments that somebody gave other pods. The name of their port stays, which stands for what was deployed: the first
 * pods of that name are those that the Job asked. Of a service without a port it asked none.
 */
function changedSince({ deployments, replicaSets = [] }: EnvironmentState): string | undefined {
  const changed = deployments.filter(({ metadata, spec }) => {
    const revision = portName(spec?.template);
    if (revision === undefined) return false;
    const [first] = replicaSets
      .filter((one) => one.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid))
      .filter((one) => portName(one.spec?.template) === revision)
      .sort((a, b) => time(a) - time(b));
    return first !== undefined && templateDiffers(first.spec?.template, spec?.template);
  });
  if (changed.length === 0) return undefined;
  return `its readiness Job asked the pods of ${changed.map(nameOf).join(", ")} before somebody changed them`;
}

/** Services that somebody led elsewhere since, or removed: the Job asked the pods themselves. */
function misrouted({ services, deployments }: EnvironmentState): string | undefined {
  if (services === undefined) return undefined;
  const wrong = deployments
    .filter(({ spec }) => portName(spec?.template) !== undefined)
    .filter((deployment) => {
      const service = services.find(({ metadata }) => metadata?.name === nameOf(deployment));
      return service === undefined || !leadsTo(service, nameOf(deployment), deployment.spec?.template);
    });
  if (wrong.length === 0) return undefined;
  return `no Service leads to ${wrong.map(nameOf).join(", ")} as it did when its readiness Job ended`;
}

function leadsTo({ spec }: V1Service, name: string, template: V1PodTemplateSpec | undefined): boolean {
  const open = template?.spec?.containers.flatMap(({ ports = [] }) => ports) ?? [];
  return (
    spec?.type !== "ExternalName" &&
    isDeepStrictEqual(spec?.selector, workloadLabels(name)) &&
    (spec?.ports ?? []).every(({ port, targetPort = port }) =>
      open.some(({ name, containerPort }) => targetPort === name || targetPort === containerPort),
    )
  );
}

function portName(template: V1PodTemplateSpec | undefined): string | undefined {
  return template?.spec?.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name))[0];
}

function time({ metadata }: V1ReplicaSet): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}

/** The container that somebody injected beside a Job's own, which has ended well, and that has failed. */
function endedBeside(job: V1Job, state: EnvironmentState): string | undefined {
  const pods = state.pods.filter((pod) => jobOf(pod, state) === job);
  const done = pods.filter((pod) => ownStatus(pod)?.state?.terminated?.exitCode === 0);
  const containers = done.flatMap(({ status }) => status?.containerStatuses ?? []);
  const failed = containers.find(({ state: now }) => (now?.terminated?.exitCode ?? 0) !== 0);
  const code = String(failed?.state?.terminated?.exitCode);
  return failed && `${failed.name}, which was injected and ended with exit code ${code}`;
}
