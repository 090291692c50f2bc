import type { KubeConfig } from "#bundled/kubernetes";
import {
  clockToleranceMs,
  environmentStackOf,
  imageStackOf,
  isStackName,
  namespaceName,
} from "../../components/model/index.ts";
import { kubeConfig, orUnreachable, requireAnswer } from "../access/clusterAccess.ts";
import { requireImageIn } from "../environment/stackContent.ts";
import { orInterrupted } from "../process/interrupt.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import { glimpseState, readState } from "../pulumi/state.ts";
import { readBranches } from "./branches.ts";
import { environmentsOf } from "./fleet.ts";
import { isForbidden, listNamespaces, lookAt, readNamespaces } from "./namespaces.ts";
import { stackNames } from "../pulumi/stackNames.ts";
import { toldBy } from "./toldByState.ts";
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

/**
 * Looks at the cluster, the backend and git at once, and changes nothing.
 * @param isPartial whether the environments that the login may see are enough, where it may not list namespaces. Default: `false`.
 */
export async function survey({ project, remote }: Scope, run: PulumiRun, isPartial = false): Promise<Survey> {
  const config = kubeConfig(run.env);
  await requireAnswer(config);
  const known = stackNames(run);
  const look = () =>
    listNamespaces(config).catch(async (error: unknown) => {
      if (!isPartial || !isForbidden(error)) throw error;
      return readNamespaces(config, (await known).map(namespaceOf));
    });
  const [namespaces, all, branches] = await Promise.all([
    orInterrupted(run.signal, orUnreachable(look)),
    known,
    readBranches(remote, run.signal),
  ]);
  const unseen = "unseen" in namespaces ? namespaces.unseen : [];
  const stacks = all.filter((stack) => !unseen.includes(namespaceOf(stack)));
  if (unseen.length > 0)
    run.progress(
      `this login may not list namespaces: ${String(stacks.length)} of ${String(all.length)} stacks are told, whose namespaces it may read`,
    );
  const environments = await withStates(environmentsOf(stacks, namespaces.value), run);
  const view = { project, now: namespaces.now, branches, context: config.getCurrentContext() };
  for (const concern of concerns(view)) run.progress(concern);
  return { environments, view };
}

/** The namespace of a stack's environment, or of the one whose image it builds. */
function namespaceOf(stack: string): string {
  return namespaceName(environmentStackOf(stack) ?? stack);
}

/** Each state read costs a run of Pulumi; environments that lost their namespace are few. */
const maxStates = 20;

/** Adds what states tell of stacks that have no namespace, or are all that is left. */
async function withStates(environments: Environment[], run: PulumiRun): Promise<Environment[]> {
  const empty = environments.filter(({ stack, namespace }) => namespace === undefined && isStackName(stack));
  const read = empty.slice(0, maxStates);
  if (empty.length > read.length)
    run.progress(
      `the states of ${String(read.length)} stacks without a namespace are read, of ${String(empty.length)}`,
    );
  const told = new Map<string, Environment>();
  for (const environment of read)
    told.set(environment.stack, { ...environment, ...(await toldByStates(environment, run)) });
  return environments.map((environment) => told.get(environment.stack) ?? environment);
}

/** What the states of a stack, or of its image's, tell; nothing of one that was removed in the meantime. */
async function toldByStates(
  { stack, hasStack }: Environment,
  run: PulumiRun,
): Promise<Pick<Environment, "state" | "foreign">> {
  const imageStack = imageStackOf(stack);
  const state = await glimpseState(hasStack ? stack : imageStack, run);
  if (state === undefined) return {};
  if (hasStack) return { state: toldBy(state) };
  try {
    requireImageIn(imageStack, state);
    return {};
  } catch (error) {
    return { foreign: (error as Error).message };
  }
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
