import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { lastLine } from "../local/work.ts";
import { kubeConfig } from "./clusterAccess.ts";
import { firstSentence } from "./view/firstSentence.ts";
import { jobLabel, workload } from "./view/workload.ts";

/**
 * Why an environment is not ready, in one sentence: its pods find no node, or else what the readiness Job said at its
 * end, which names the services that did not answer.
 * @returns nothing where neither is so, and where the cluster does not answer.
 */
export async function readinessFailure(
  env: Record<string, string>,
  namespace: string,
): Promise<string | undefined> {
  try {
    const core = kubeConfig(env).makeApiClient(CoreV1Api);
    const { items } = await core.listNamespacedPod({ namespace });
    return unschedulable(items) ?? saidByJob(items);
  } catch {
    return undefined;
  }
}

/** Names what the scheduler finds no node for, and why: with more than one reason, the first. */
function unschedulable(pods: V1Pod[]): string | undefined {
  const waiting = pods.flatMap((pod) => {
    const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
    const waits = scheduled?.status === "False" && scheduled.reason === "Unschedulable";
    if (!waits || pod.metadata?.deletionTimestamp) return [];
    return [{ name: workload(pod), why: firstSentence(scheduled.message ?? "no reason given") }];
  });
  const why = waiting[0]?.why;
  if (why === undefined) return undefined;
  const names = new Set(waiting.filter((pod) => pod.why === why).map(({ name }) => name));
  return `${[...names].sort().join(", ")} cannot be scheduled: ${why}`;
}

function saidByJob(pods: V1Pod[]): string | undefined {
  const message = pods
    .filter(({ metadata }) => metadata?.labels?.[jobLabel] === "readiness")
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .map(({ state }) => state?.terminated)
    .find((state) => state !== undefined && state.exitCode !== 0)?.message;
  return message && lastLine(message);
}
