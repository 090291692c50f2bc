import type { V1ContainerStateTerminated, V1ContainerStatus, V1Pod } from "#bundled/kubernetes";
import { ownContainer } from "../../kubernetes/containerStatuses.ts";
import { isOfJob } from "../../kubernetes/workload.ts";
import type { CauseId } from "./causes.ts";
import { eventsOf, newestEvent, type EnvironmentState } from "../../kubernetes/environmentState.ts";
import type { Finding } from "./finding.ts";
import { answerIn } from "./readinessMessage.ts";
import { pullCause, pullReason, pullReasons } from "./image.ts";
import { lastLines, oneLine, tellingLine } from "./oneLine.ts";
import { probeEvidence } from "./probeEvidence.ts";
import { insistsOnRoot, writesWhereNoneMay } from "./denials.ts";

/** What is wrong with a container, without whose it is. */
export type ContainerFinding = Pick<Finding, "cause" | "evidence" | "lines" | "patience" | "follows">;

/** Restarts after which a container is believed to end each time; a Job gives up at the third. */
const restartsOfALoop = 3;
const restartsOfAJob = 2;
/** A killed process needs no third time: nothing that comes later gives it more memory. */
const killsForMemory = 2;

/** What is wrong with a container of a pod, if anything. */
export function containerFinding(
  pod: V1Pod,
  status: V1ContainerStatus,
  state: EnvironmentState,
): ContainerFinding | undefined {
  const { state: now, lastState, restartCount, ready } = status;
  const reason = now?.waiting?.reason ?? "";
  const message = now?.waiting?.message ?? "";
  if (pullReasons.includes(reason)) return notPulled(pod, reason, message, state);
  if (reason === "CreateContainerConfigError") return notConfigured(message);
  if (["CreateContainerError", "RunContainerError", "RunInitContainerError"].includes(reason))
    return notStarted(message);
  if (reason === "PostStartHookError")
    return { cause: "start-hook-failed", evidence: oneLine(message.replace(/^.* failed - error: /s, "")) };
  const ended = now?.terminated ?? lastState?.terminated;
  if (ready) return undefined;
  if (now?.running !== undefined)
    return notReady(pod, status, state, ended && hasEnded(pod, status, ended, 0, state));
  if (ended === undefined || isDone(pod, ended)) return undefined;
  return hasEnded(pod, status, ended, restartCount, state);
}

function notPulled(pod: V1Pod, reason: string, message: string, state: EnvironmentState): ContainerFinding {
  // Some kubelets tell the registry's answer only in an event, or only at the first try.
  const told = newestEvent(state, pod.metadata?.uid, "Failed")?.message ?? "";
  const cause = pullCause(reason, message);
  if (cause === "registry-login-refused") return { cause, ...refusedLogin(pod, message, state) };
  const isTold = cause !== "image-not-pulled" || told === "";
  return isTold
    ? { cause, evidence: oneLine(pullReason(message)) }
    : { cause: pullCause(reason, told), evidence: oneLine(pullReason(told)) };
}

/** Seconds in which a node learns that it may read a Secret that has just been made. */
const secretIsLate = 60;

/** Without the pull secret, the kubelet tries without a login. */
function refusedLogin(
  pod: V1Pod,
  message: string,
  state: EnvironmentState,
): Pick<ContainerFinding, "evidence" | "patience"> {
  const event = newestEvent(state, pod.metadata?.uid, "FailedToRetrieveImagePullSecret");
  if (event === undefined) return { evidence: oneLine(pullReason(message)) };
  return { evidence: oneLine(event.message ?? ""), patience: secretIsLate };
}

function notConfigured(message: string): ContainerFinding {
  const cases: [RegExp, CauseId][] = [
    [/couldn't find key/, "key-missing"],
    [/configmap "[^"]*" not found/, "config-missing"],
    [/secret "[^"]*" not found/, "secret-missing"],
    [/runAsNonRoot|run as root/, "runs-as-root"],
  ];
  const cause = cases.find(([pattern]) => pattern.test(message))?.[1] ?? "container-refused";
  return { cause, evidence: oneLine(message.replace(/ \(pod: .*$/s, "")) };
}

/** A start that fails is tried again; only what is in the image itself cannot heal. */
function notStarted(message: string): ContainerFinding {
  const evidence = oneLine(message.replace(/^.*(?=exec: |error mounting |exec \S+: )/s, ""));
  return { cause: startCause(message), evidence };
}

/** Runtimes tell the command's fault after `exec`; any other file is the container's. */
function startCause(message: string): CauseId {
  const [ofCommand = ""] = /\bexec:? .*/s.exec(message) ?? [];
  if (ofCommand.includes("exec format error")) return "image-wrong-platform";
  if (ofCommand.includes("permission denied")) return "command-refused";
  if (/executable file not found|no such file or directory|not a directory|is a directory/.test(ofCommand))
    return "command-missing";
  return "container-refused";
}

/** The container of a Job, or an init container, that ended as it should. */
function isDone(pod: V1Pod, { exitCode }: V1ContainerStateTerminated): boolean {
  return exitCode === 0 && (isOfJob(pod) || pod.status?.phase !== "Running");
}

function hasEnded(
  pod: V1Pod,
  { name, resources }: V1ContainerStatus,
  ended: V1ContainerStateTerminated,
  restarts: number,
  state: EnvironmentState,
): ContainerFinding {
  const { reason, message = "", exitCode, startedAt } = ended;
  if (reason === "StartError" || reason === "ContainerCannotRun") return notStarted(message);
  const lines = lastLines(message);
  const evidence = [`exit code ${String(exitCode)}`, ...tellingLine(lines)].join(": ");
  const follows = startedAt ? { began: new Date(startedAt) } : {};
  const after = (count: number) => (restarts >= count ? {} : { patience: Infinity });
  if (message.includes("exec format error")) return { cause: "image-wrong-platform", evidence };
  if (reason === "OOMKilled") {
    const limit = resources?.limits?.memory ?? limitOf(pod, name);
    return { cause: "out-of-memory", evidence: `its limit is ${limit}`, lines, ...after(killsForMemory) };
  }
  const common = { lines, follows, ...after(isOfJob(pod) ? restartsOfAJob : restartsOfALoop) };
  const probe = probeThatKills(pod, name, state);
  const denied = exitCode === 0 || probe !== undefined ? undefined : whatIsDenied(lines);
  if (denied !== undefined)
    return { cause: denied.cause, evidence: `exit code ${String(exitCode)}: ${denied.line}`, ...common };
  if (probe === undefined) return { cause: exitCode === 0 ? "exits" : "crash-loop", evidence, ...common };
  // What the probe was answered tells more than how the container ended.
  const told = probeEvidence(pod, name, probe, state) ?? evidence;
  return { cause: `${probe}-failing`, evidence: told, ...common };
}

/** What an environment denies to an image that was made for less strict places, and the line that says so. */
function whatIsDenied(lines: string[]): { cause: CauseId; line: string } | undefined {
  const insists = insistsOnRoot(lines);
  if (insists !== undefined) return { cause: "needs-root", line: insists };
  const writes = writesWhereNoneMay(lines);
  return writes === undefined ? undefined : { cause: "read-only", line: writes };
}

function limitOf(pod: V1Pod, container: string): string {
  const spec = pod.spec?.containers.find(({ name }) => name === container);
  return spec?.resources?.limits?.memory ?? "that of its node";
}

/** The probe for whose failure the kubelet itself ends it, if any. */
function probeThatKills(
  pod: V1Pod,
  container: string,
  state: EnvironmentState,
): "liveness" | "startup" | undefined {
  const killed = eventsOf(state, pod.metadata?.uid).findLast(
    ({ reason, message = "" }) =>
      reason === "Killing" && message.startsWith(`Container ${container} failed `),
  );
  return (["liveness", "startup"] as const).find((probe) => killed?.message?.includes(` ${probe} probe`));
}

/** A client's error does not go away by waiting, once the server is up. */
const patienceWithRefusal = 45;

/** How it ended before tells more than that it does not answer yet; this time it may go well. */
function notReady(
  pod: V1Pod,
  status: V1ContainerStatus,
  state: EnvironmentState,
  ended: ContainerFinding | undefined,
): ContainerFinding | undefined {
  if (ended !== undefined) return { ...ended, patience: Infinity };
  const probed = probeEvidence(pod, status.name, "readiness", state);
  const look = status.name === ownContainer(pod) ? state.looks?.get(pod.metadata?.uid ?? "") : undefined;
  const { page, log = "" } = look ?? {};
  const lines = lastLines(log);
  const common = { follows: {}, ...(lines.length > 0 && { lines }) };
  if (page !== undefined && page.failure === undefined) {
    const evidence = `${page.asked} answers, after ${(page.milliseconds / 1000).toFixed(1)} s`;
    return { cause: "slow", evidence, ...common };
  }
  const answered = page?.status === undefined ? undefined : oneLine(`${page.asked}: ${answerIn(page)}`);
  const evidence = answered ?? probed;
  if (evidence === undefined) return undefined;
  if (answered === undefined && evidence.includes("connection refused") && neverWasReady(pod, status))
    return { cause: "slow", evidence, ...common };
  const isRefused = /statuscode: 4\d\d/.test(probed ?? "");
  return {
    ...{ cause: "readiness-failing", evidence, ...common },
    ...(isRefused && { patience: patienceWithRefusal }),
  };
}

/** Whether the first run of a container has not been ready yet: the pod then became unready when it was made. */
function neverWasReady(pod: V1Pod, { restartCount, state }: V1ContainerStatus): boolean {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  const since = new Date(ready?.lastTransitionTime ?? 0);
  return restartCount === 0 && since <= new Date(state?.running?.startedAt ?? Infinity);
}
