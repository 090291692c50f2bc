import type { V1Pod } from "#bundled/kubernetes";
import { seedAnnotation } from "../../components/model/index.ts";
import { hasCondition } from "../kubernetes/conditions.ts";
import { isOfJob, workload } from "../kubernetes/workload.ts";
import { presentPods, type EnvironmentState } from "../kubernetes/environmentState.ts";
import { beforeFindings, stepsUnderWay } from "./rules/before.ts";
import type { Finding } from "./rules/finding.ts";
import { isOver, jobFindings } from "./rules/job.ts";
import { lastLines } from "./rules/oneLine.ts";
import { pageFindings } from "./rules/page.ts";
import { podFindings } from "./rules/pod.ts";
import { inGraphOrder, neededBy, usesOf, type Uses } from "./rules/serviceOrder.ts";
import { withRoute } from "./rules/route.ts";
import { nameOf, rollOuts, workloadFindings } from "./rules/workload.ts";

/**
 * All that is wrong with an environment, what is used before what uses it. What a service only says of another counts
 * where nothing is known of that one itself.
 */
export function findingsIn(state: EnvironmentState): Finding[] {
  const seen = once([...workloadFindings(state), ...podFindings(state)]).filter(
    // What took the place of one that is gone works.
    ({ cause, service }) => cause !== "evicted" || !hasReadyPod(service, state),
  );
  const told = [...beforeFindings(state), ...pageFindings(state), ...jobFindings(state)];
  const said = told.filter(({ service, cause }) => {
    const isOfWork = ["seed-failed", "before-failed"].includes(cause);
    return isOfWork || !seen.some((finding) => finding.service === service);
  });
  const uses = usesOf(state.networkPolicies);
  const all = inOrder(once([...seen, ...said]), state).map((finding) =>
    withRoute(withSeed(finding, state), state),
  );
  if (isOver(state)) return all.map((finding) => ({ ...finding, patience: 0 }));
  return all.map((finding) => {
    const waits =
      mayFollow(finding, state, uses) ||
      isToldOfService(finding, all, uses) ||
      isOfServiceImage(finding, state);
    return waits ? { ...finding, patience: Infinity } : finding;
  });
}

/** Whether a workload that is not a service reports a cause that a service reports as well. */
function isToldOfService({ cause, service }: Finding, all: Finding[], uses: Uses): boolean {
  return !uses.has(service) && all.some((other) => other.cause === cause && uses.has(other.service));
}

/**
 * Whether a Job cannot get an image that a service waits for, too: a node pulls one after the other, and the service is
 * the one to be named.
 */
function isOfServiceImage({ cause, service }: Finding, state: EnvironmentState): boolean {
  if (!/^(image|registry)-/.test(cause)) return false;
  const pods = presentPods(state);
  const imagesOf = ({ spec }: V1Pod) => spec?.containers.map(({ image }) => image) ?? [];
  const images = pods.filter((pod) => isOfJob(pod) && workload(pod) === service).flatMap(imagesOf);
  const late = pods.filter((pod) => !isOfJob(pod) && !hasCondition(pod, "Ready"));
  return late.flatMap(imagesOf).some((image) => image !== undefined && images.includes(image));
}

/** Of several pods of one service that have the same, the first. */
function once(findings: Finding[]): Finding[] {
  return [...new Map(findings.toReversed().map((one) => [keyOf(one), one])).values()].toReversed();
}

/** What stays the same as long as the same is wrong, whichever pod shows it. */
function keyOf({ cause, service }: Finding): string {
  return `${service}/${cause}`;
}

/**
 * Whether a service may only be waiting for one that it uses: its container began before that was ready. Once it is
 * ready, the next run of the container tells.
 */
function mayFollow({ service, follows }: Finding, state: EnvironmentState, uses: Uses): boolean {
  if (follows === undefined) return false;
  const { began } = follows;
  const needed = neededBy(service, uses);
  const pods = presentPods(state).filter((pod) => needed.has(workload(pod)));
  const present = new Set(pods.map(workload));
  const missing = [...needed].some((name) => !present.has(name) && isDeployed(name, state));
  return (
    missing ||
    pods.some(({ status }) => {
      const ready = status?.conditions?.find(({ type }) => type === "Ready");
      const isReady = ready?.status === "True";
      return !isReady || (began !== undefined && new Date(ready.lastTransitionTime ?? 0) >= began);
    })
  );
}

function hasReadyPod(service: string, state: EnvironmentState): boolean {
  return presentPods(state).some((pod) => workload(pod) === service && hasCondition(pod, "Ready"));
}

/** A pod that its node ended stays as it is, until the cluster clears it away. */
function isOverAndReplaced(pod: V1Pod, state: EnvironmentState): boolean {
  return ["Failed", "Succeeded"].includes(pod.status?.phase ?? "") && hasReadyPod(workload(pod), state);
}

function isDeployed(name: string, { deployments }: EnvironmentState): boolean {
  return deployments.some(({ metadata }) => metadata?.name === name);
}

/** The same, and the services that are not ready, or not replaced yet, of which nothing else is known. */
export function allFindings(state: EnvironmentState): Finding[] {
  const findings = findingsIn(state);
  const named = findings.map(({ service }) => service);
  const others = once([...stepsUnderWay(state), ...unready(state), ...rollOuts(state)]);
  return inOrder([...findings, ...others.filter(({ service }) => !named.includes(service))], state);
}

function unready(state: EnvironmentState): Finding[] {
  const late = presentPods(state).filter(
    (pod) => !isOfJob(pod) && !hasCondition(pod, "Ready") && !isOverAndReplaced(pod, state),
  );
  return late.map((pod): Finding => {
    const lines = lastLines(state.looks?.get(pod.metadata?.uid ?? "")?.log ?? "");
    return {
      ...{ cause: "slow", service: workload(pod), object: `Pod/${pod.metadata?.name ?? ""}`, evidence: "" },
      ...(lines.length > 0 && { lines }),
    };
  });
}

/** Those that others use first; else what has been broken longest. */
function inOrder(findings: Finding[], state: EnvironmentState): Finding[] {
  const since = (service: string) => brokenSince(service, state);
  return inGraphOrder(findings, ({ service }) => service, usesOf(state.networkPolicies), since);
}

/** Since when a service has no pod that is ready, as far as that is known. */
function brokenSince(service: string, state: EnvironmentState): number {
  const pods = presentPods(state).filter((pod) => workload(pod) === service && !hasCondition(pod, "Ready"));
  const times = pods.map(({ metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return new Date(ready?.lastTransitionTime ?? metadata?.creationTimestamp ?? 0).getTime();
  });
  return Math.min(...times, Infinity);
}

/** A seed begins once its service is ready: one that waits for its data never is. */
function withSeed(finding: Finding, { deployments, jobs }: EnvironmentState): Finding {
  const deployment = deployments.find((one) => nameOf(one) === finding.service);
  const seed = deployment?.metadata?.annotations?.[seedAnnotation];
  if (seed === undefined || !["readiness-failing", "slow"].includes(finding.cause)) return finding;
  if (jobs.some(({ metadata }) => metadata?.name === seed)) return finding;
  return { ...finding, evidence: `${finding.evidence}; its seed ${seed} waits until it is ready` };
}
