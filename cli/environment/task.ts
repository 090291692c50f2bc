import { BatchV1Api, type KubeConfig } from "#bundled/kubernetes";
import { isOurs, shown, suggestion, taskJobName, taskLabel } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { orUnreachable } from "../access/clusterAccess.ts";
import { orInterrupted } from "../process/interrupt.ts";
import { requireEnvironment, type Owner } from "./owner.ts";
import { runFrom } from "./testJob.ts";
import type { Output } from "./jobLog.ts";

/** Runs a task of an environment now, whatever its schedule, and passes on its log. @throws when it fails. */
export async function runTask(
  task: string,
  owner: Owner,
  config: KubeConfig,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const found = async () => {
    const { name } = await requireEnvironment(config, owner);
    await requireTask(task, config, name);
    return name;
  };
  const namespace = await orInterrupted(signal, orUnreachable(found));
  const cronJob = { name: taskJobName(task), what: `task ${task}` };
  // What is counted of tests is nothing that a task has.
  const running = { config, namespace, output, signal, allowNoTests: true };
  await orUnreachable(() => runFrom(cronJob, running));
}

/** @throws when the environment has no task of that name. */
async function requireTask(task: string, config: KubeConfig, namespace: string): Promise<void> {
  const { items } = await config
    .makeApiClient(BatchV1Api)
    .listNamespacedCronJob({ namespace, labelSelector: taskLabel });
  const names = items
    .filter(({ metadata }) => isOurs(metadata?.labels))
    .flatMap(({ metadata }) => metadata?.labels?.[taskLabel] ?? []);
  if (names.includes(task)) return;
  const known = names.length === 0 ? "none of its services has any" : suggestion(task, names);
  throw new Failure("usage", `namespace ${namespace} has no task ${shown(task)}: ${known}`);
}
