import type { V1ContainerStatus } from "#bundled/kubernetes";
import { containerStatuses } from "../kubernetes/containerStatuses.ts";
import { firstSentence } from "../kubernetes/messages.ts";
import { probeAnswer } from "../kubernetes/probeAnswer.ts";
import { isReady, type SeenPod } from "./pods.ts";
import { isOfJob } from "../kubernetes/workload.ts";

/** What a pod does, or waits for. */
export interface Phase {
  text: string;
  /** `over`: it ends, or is gone. */
  kind: "busy" | "ready" | "wrong" | "over";
}

export function phaseOf(seen: SeenPod): Phase {
  const { pod, step } = seen;
  if (step === "removed") return { text: "gone", kind: "over" };
  if (pod.metadata?.deletionTimestamp !== undefined) return { text: "ends", kind: "over" };
  const wrong = whatIsWrong(seen);
  if (wrong !== undefined) return { text: wrong, kind: "wrong" };
  if (isOfJob(pod)) return step === "ready" ? { text: "done", kind: "ready" } : busy(seen, "runs");
  return isReady(pod) ? { text: "ready", kind: "ready" } : busy(seen, "waits for its probe");
}

/** What the kubelet says while all goes well. */
const regular = ["ContainerCreating", "PodInitializing", "Completed"];

function whatIsWrong({ pod }: SeenPod): string | undefined {
  const { status } = pod;
  const reasons = containerStatuses(pod)
    .map(reasonOf)
    .filter((reason) => reason !== undefined && !regular.includes(reason));
  return status?.phase === "Failed" ? (status.reason ?? reasons[0] ?? "failed") : reasons[0];
}

function reasonOf({ state }: V1ContainerStatus): string | undefined {
  const [waiting, terminated] = [state?.waiting, state?.terminated];
  if (terminated?.reason === "Error") return `ended with exit code ${String(terminated.exitCode)}`;
  return waiting?.reason ?? terminated?.reason;
}

function busy(seen: SeenPod, whenStarted: string): Phase {
  const { step, isPulling, said } = seen;
  const what = {
    created: "waits for a node",
    scheduled: isPulling ? "pulls image" : "starts",
    pulled: "starts",
    started: whenStarted,
    // It was ready before, and is no longer.
    ready: whenStarted,
    removed: "gone",
  }[step];
  return { text: said?.step === step ? `${what}: ${essence(said.text)}` : what, kind: "busy" };
}

/** The part of an event's message that is not about the request, nor about what else the scheduler tried. */
function essence(message: string): string {
  return firstSentence(probeAnswer(message));
}
