import { setInterval } from "node:timers/promises";
import {
  ApiException,
  CoreV1Api,
  ListWatch,
  PatchStrategy,
  setHeaderOptions,
  V1Node,
  Watch,
  type V1Pod,
} from "#bundled/kubernetes";
import { kubeConfig } from "../../cli/access/clusterAccess.ts";
import { admin } from "./shell.ts";

/** The node lifecycle controller gives up a node that was silent for 50 s. */
const heartbeatPeriod = 10_000;
/** A merge by the conditions' types keeps those of the scheduler. */
const merge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);

/**
 * A node without a machine: whatever is scheduled to it counts as running at once, and Jobs as done. Pods that may
 * also run elsewhere avoid it.
 * @returns what takes it away.
 */
export async function startSimulatedNode(
  name: string,
  labels: Record<string, string>,
): Promise<() => Promise<void>> {
  const config = kubeConfig(admin);
  const core = config.makeApiClient(CoreV1Api);
  const room = { cpu: "8", memory: "16Gi", pods: "100", "ephemeral-storage": "64Gi" };
  const body = Object.assign(new V1Node(), {
    metadata: { name, labels },
    spec: { taints: [{ key: "simulated", effect: "PreferNoSchedule" }] },
    status: { capacity: room, allocatable: room, conditions: readiness() },
  });
  await core.createNode({ body });
  const fieldSelector = `spec.nodeName=${name}`;
  const list = () => core.listPodForAllNamespaces({ fieldSelector });
  const pods = new ListWatch<V1Pod>("/api/v1/pods", new Watch(config), list, false, undefined, fieldSelector);
  for (const change of ["add", "update"] as const) {
    pods.on(change, (pod) => void unlessGone(tend(core, pod)));
  }
  await pods.start();
  const ended = new AbortController();
  const heartbeats = beat(core, name, ended.signal);
  return async () => {
    ended.abort();
    await pods.stop();
    await core.deleteNode({ name });
    await heartbeats;
  };
}

async function beat(core: CoreV1Api, name: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(heartbeatPeriod, undefined, { signal })) {
      await core.patchNodeStatus({ name, body: { status: { conditions: readiness() } } }, merge);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function readiness() {
  return [{ type: "Ready", status: "True", lastHeartbeatTime: new Date() }];
}

/** Does what a kubelet does with a pod, as far as the API shows it. */
async function tend(core: CoreV1Api, { metadata, spec, status }: V1Pod): Promise<void> {
  const pod = { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" };
  if (metadata?.deletionTimestamp) {
    await core.deleteNamespacedPod({ ...pod, gracePeriodSeconds: 0 });
  } else if (status?.phase === "Pending") {
    const conditions = ["Initialized", "ContainersReady", "Ready"].map((type) => ({ type, status: "True" }));
    // An address for documentation (RFC 5737), where nobody answers.
    const running = { phase: "Running", podIP: "198.51.100.1", conditions };
    const isOfJob = spec?.restartPolicy === "Never";
    const body = { status: isOfJob ? { phase: "Succeeded" } : running };
    await core.patchNamespacedPodStatus({ ...pod, body }, merge);
  }
}

/** Pods may be removed before their last change is seen. */
async function unlessGone(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof ApiException && error.code === 404)) throw error as Error;
  });
}
