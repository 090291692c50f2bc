import type { V1ContainerStatus, V1Job, V1Pod } from "#bundled/kubernetes";
import {
  containerStatuses,
  isCompanion,
  isInjected,
  ownContainer,
} from "../../kubernetes/containerStatuses.ts";
import { firstSentence } from "../../kubernetes/messages.ts";
import { workload } from "../../kubernetes/workload.ts";
import type { CauseId } from "./causes.ts";
import { containerFinding, type ContainerFinding } from "./container.ts";
import { newestEvent, presentPods, type EnvironmentState } from "../../kubernetes/environmentState.ts";
import type { Finding } from "./finding.ts";
import { oneLine } from "./oneLine.ts";
import { isBefore, jobOf, roleOf, serviceOfJob } from "./job.ts";

/** What is wrong with the pods that there are. */
export function podFindings(state: EnvironmentState): Finding[] {
  return presentPods(state).flatMap((pod) => {
    const found = whatIsWrong(pod, state);
    if (found === undefined) return [];
    const finding = { service: serviceOf(pod, state), object: `Pod/${pod.metadata?.name ?? ""}`, ...found };
    const job = jobOf(pod, state);
    const cause = job && causeOfEnd(job);
    return [cause !== undefined && isOfEnd(finding) ? { ...finding, cause } : finding];
  });
}

/** What it means that a Job's command ended otherwise than well: it is to end when its work is done. */
function causeOfEnd(job: V1Job): CauseId | undefined {
  if (isBefore(job)) return "before-failed";
  return roleOf(job) === "seed" ? "seed-failed" : undefined;
}

function isOfEnd({ cause }: Finding): boolean {
  return ["crash-loop", "exits"].includes(cause);
}

/** The service that a pod belongs to; one of a seed's Job belongs to the service that is filled. */
export function serviceOf(pod: V1Pod, state: EnvironmentState): string {
  const job = jobOf(pod, state);
  return job === undefined ? workload(pod) : serviceOfJob(job);
}

function whatIsWrong(pod: V1Pod, state: EnvironmentState): ContainerFinding | undefined {
  const { status } = pod;
  const eviction = evictionOf(pod, state);
  if (eviction !== undefined) return evicted(pod, eviction, state);
  if (status?.phase === "Failed") return undefined;
  const lost = onLostNode(pod, state);
  if (lost !== undefined) return lost;
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") return notScheduled(pod, scheduled.message ?? "", state);
  return inContainers(pod, state) ?? notStarting(pod, state);
}

/** What is wrong with the environment's own container, else with one that somebody injected. */
function inContainers(pod: V1Pod, state: EnvironmentState): ContainerFinding | undefined {
  const own = ownContainer(pod);
  const isOwn = ({ name }: V1ContainerStatus) => name === own;
  const ownFirst = containerStatuses(pod).sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  for (const container of ownFirst) {
    const finding = containerFinding(pod, container, state);
    if (finding === undefined) continue;
    if (isOwn(container)) return finding;
    const evidence = `its container ${container.name}: ${finding.evidence}`;
    if (isCompanion(pod, container.name)) return { ...finding, evidence };
    const { follows: _follows, ...rest } = finding;
    const whose = isInjected(pod, container.name) ? ", which was injected" : "";
    return { ...rest, evidence: `its container ${container.name}${whose}: ${finding.evidence}` };
  }
  return undefined;
}

/**
 * What the kubelet says of a pod that it has evicted. A pod whose process exits 0 on SIGTERM is Succeeded, so only the event
 * shows the eviction.
 */
function evictionOf({ metadata, status }: V1Pod, state: EnvironmentState): string | undefined {
  if (status?.reason === "Evicted") return status.message ?? "";
  return newestEvent(state, metadata?.uid, "Evicted")?.message;
}

/** One that goes may be bad luck, and another takes its place. */
function evicted(pod: V1Pod, eviction: string, state: EnvironmentState): ContainerFinding {
  const ofService = state.pods.filter((other) => workload(other) === workload(pod));
  const all = ofService.filter((other) => evictionOf(other, state) !== undefined);
  return { cause: "evicted", evidence: oneLine(eviction), ...(all.length < 2 && { patience: Infinity }) };
}

function notScheduled(pod: V1Pod, message: string, state: EnvironmentState): ContainerFinding {
  const cases: [RegExp, CauseId][] = [
    [/persistentvolumeclaim "[^"]*" not found/, "volume-claim-missing"],
    [/unbound immediate PersistentVolumeClaims|didn't find available persistent volumes/, "volume-unbound"],
    [/Insufficient |Too many pods/, "unschedulable-resources"],
    [
      /didn't match (Pod's )?node (affinity|selector)|didn't match PersistentVolume's node/,
      "unschedulable-selector",
    ],
  ];
  const said = firstSentence(message);
  const cause = cases.find(([pattern]) => pattern.test(message))?.[1] ?? byTaintsAlone(said);
  // A node is on its way.
  const isScaling = newestEvent(state, pod.metadata?.uid, "TriggeredScaleUp") !== undefined;
  const evidence = cause === "volume-unbound" ? (claimFinding(pod, state) ?? said) : said;
  return { cause, evidence: oneLine(evidence), ...(isScaling && { patience: Infinity }) };
}

/** What the cluster says of a claim that gets no volume: the scheduler only says that it has none. */
function claimFinding({ spec }: V1Pod, { events }: EnvironmentState): string | undefined {
  const claims = spec?.volumes?.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []) ?? [];
  const told = events.findLast(
    ({ reason = "", involvedObject: { kind, name = "" } }) =>
      kind === "PersistentVolumeClaim" && claims.includes(name) && unboundReasons.includes(reason),
  );
  return told && `claim ${told.involvedObject.name ?? ""}: ${told.message ?? ""}`;
}

const unboundReasons = ["ProvisioningFailed", "FailedBinding", "ExternalProvisioning"];

/**
 * Most clusters have nodes that keep all pods away: their taints are the cause only where nothing else is named, but for
 * the nodes that the pod does not want.
 */
function byTaintsAlone(said: string): CauseId {
  if (!said.includes("untolerated taint")) return "unschedulable";
  const others = said.replace(
    /node\(s\) (had untolerated taint|didn't satisfy plugin\(s\) \[NodeAffinity\])/g,
    "",
  );
  return others.includes("node(s)") ? "unschedulable" : "unschedulable-taint";
}

/** What the node controller says, unless the node's kubelet has spoken since. */
function onLostNode(pod: V1Pod, state: EnvironmentState): ContainerFinding | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  const lost = newestEvent(state, pod.metadata?.uid, "NodeNotReady");
  if (lost === undefined || ready?.status === "True") return undefined;
  return { cause: "node-gone", evidence: `node ${pod.spec?.nodeName ?? ""}: ${oneLine(lost.message ?? "")}` };
}

/** Seconds in which the kubelet of a node begins with a pod that it got. */
const kubeletBegins = 60;

/** A pod on a node that has not come to its containers yet. */
function notStarting(pod: V1Pod, state: EnvironmentState): ContainerFinding | undefined {
  const { spec, status, metadata } = pod;
  if (spec?.nodeName === undefined || status?.phase !== "Pending") return undefined;
  const containers = status.containerStatuses ?? [];
  if (containers.length === 0)
    return {
      cause: "node-gone",
      evidence: `node ${spec.nodeName} does not begin with it`,
      patience: kubeletBegins,
    };
  const event = newestEvent(
    state,
    metadata?.uid,
    "FailedMount",
    "FailedAttachVolume",
    "FailedCreatePodSandBox",
  );
  const message = event?.message ?? "";
  if (event?.reason === "FailedCreatePodSandBox")
    return { cause: "sandbox-failed", evidence: oneLine(message) };
  return event && { cause: mountCause(message), evidence: oneLine(message.replace(/^.*? : /, "")) };
}

function mountCause(message: string): CauseId {
  if (/configmap "[^"]*" not found/.test(message)) return "config-missing";
  if (/secret "[^"]*" not found/.test(message)) return "secret-missing";
  if (/references non-existent (config|secret) key/.test(message)) return "key-missing";
  return "mount-failed";
}
