import type { KubeConfig } from "#bundled/kubernetes";
import { clockToleranceMs, isStackName, namespaceName } from "../../components/model/index.ts";
import { kubeConfig, orUnreachable, requireAnswer } from "../access/clusterAccess.ts";
import { orInterrupted } from "../process/interrupt.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import { glimpseState, readState } from "../pulumi/state.ts";
import { readBranches } from "./branches.ts";
import { environmentsOf } from "./fleet.ts";
import { listNamespaces, lookAt } from "./namespaces.ts";
import { stackNames } from "../pulumi/stackNames.ts";
import { toldBy, type ToldByState } from "./toldByState.ts";
import type { Environment, View } from "./verdict.ts";

/** Whose environments are looked at, and where their branches are. */
export interface Scope {
  project: string;
  remote: string;
}

/** All environments, and what they are judged by. */
export interface Survey {
  environments: Environment[];
  view: View;
}

/** Looks at the cluster, the backend and git at once, and changes nothing. */
export async function survey({ project, remote }: Scope, run: PulumiRun): Promise<Survey> {
  const config = kubeConfig(run.env);
  await requireAnswer(config);
  const [namespaces, stacks, branches] = await Promise.all([
    orInterrupted(
      run.signal,
      orUnreachable(() => listNamespaces(config)),
    ),
    stackNames(run),
    readBranches(remote, run.signal),
  ]);
  const environments = await withStates(environmentsOf(stacks, namespaces.value), run);
  const view = { project, now: namespaces.now, branches, context: config.getCurrentContext() };
  for (const concern of concerns(view)) run.progress(concern);
  return { environments, view };
}

/** Each state read costs a run of Pulumi; environments that lost their namespace are few. */
const maxStates = 20;

/** Adds what states tell of stacks that have no namespace. */
async function withStates(environments: Environment[], run: PulumiRun): Promise<Environment[]> {
  const empty = environments.filter(
    ({ stack, namespace, hasStack }) => namespace === undefined && hasStack && isStackName(stack),
  );
  const read = empty.slice(0, maxStates);
  if (empty.length > read.length)
    run.progress(
      `the states of ${String(read.length)} stacks without a namespace are read, of ${String(empty.length)}`,
    );
  const states = new Map<string, ToldByState>();
  for (const { stack } of read) {
    // A stack that was removed in the meantime has none.
    const state = await glimpseState(stack, run);
    if (state !== undefined) states.set(stack, toldBy(state));
  }
  return environments.map((environment) => {
    const state = states.get(environment.stack);
    return state === undefined ? environment : { ...environment, state };
  });
}

/** Looks at one environment again. */
export async function lookAgain(
  { stack, namespace }: Environment,
  config: KubeConfig,
  run: PulumiRun,
): Promise<{ environment: Environment; now: Date | undefined }> {
  const [there, state] = await Promise.all([
    orUnreachable(() => lookAt(config, namespace?.name ?? namespaceName(stack))),
    readState(stack, run),
  ]);
  const environment: Environment = { stack, hasStack: state !== undefined, namespace: there.value };
  if (there.value === undefined && state !== undefined) environment.state = toldBy(state);
  return { environment, now: there.now };
}

/** What keeps the view from being complete, in words. */
export function concerns({ now, branches }: View, here = new Date()): string[] {
  const said: string[] = [];
  if (branches.problem !== undefined) said.push(`${branches.problem}: nothing is called orphaned`);
  if (now === undefined) return [...said, "the cluster does not tell its time: nothing is called expired"];
  const difference = here.getTime() - now.getTime();
  if (Math.abs(difference) <= clockToleranceMs) return said;
  const minutes = String(Math.round(Math.abs(difference) / 60_000));
  const direction = difference > 0 ? "ahead of" : "behind";
  return [
    ...said,
    `the clock of this machine is ${minutes} min ${direction} the cluster's, which is the one that counts`,
  ];
}
