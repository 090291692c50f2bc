import type { KubeConfig, KubernetesObject } from "#bundled/kubernetes";
import { namespaceName, readinessJobName, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { readinessBlockers } from "../diagnosis/gate.ts";
import { isBefore, isGate } from "../diagnosis/rules/job.ts";
import { hasCondition } from "../kubernetes/conditions.ts";
import { snapshotOf, type Snapshot } from "../diagnosis/snapshot.ts";
import { isFilled, lasting, specDiffers } from "./drift.ts";
import { readNamespace, type EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { Mask } from "../text/mask.ts";
import { own } from "../kubernetes/environmentState.ts";
import type { Observation } from "../kubernetes/observation.ts";
import { requireKind, requireOurs, stands, type Owner } from "./owner.ts";
import { withoutPatched } from "./patchedBack.ts";
import { LeftAlone, unlocked, untilUnlocked } from "../pulumi/unlocked.ts";
import { pulumi, type PulumiRun } from "../pulumi/pulumi.ts";
import { removeEnvironment } from "./removal.ts";
import { requireSameCluster } from "./sameCluster.ts";
import { namespaceIn, requireEnvironmentIn } from "./stackContent.ts";
import { readState, type StackResource, type StackState } from "../pulumi/state.ts";
import { removeUntold } from "./untold.ts";

/** What `pulumi up` begins with. */
export interface Prepared {
  /** Whether an environment is there already. */
  isUpdate: boolean;
  /**
   * URNs of what is to be made anew: what somebody changed, and the readiness Job, where that has to run again since
   * something is not as it was when it ended.
   */
  again: string[];
  /** UID of the readiness Job that is there from before. */
  gate?: string | undefined;
  /** Whether it has volumes, of which nothing that is deployed may be lost. Default: it has none. */
  hasVolumes?: boolean;
  /** UIDs of Jobs before services that have not ended well: each is made anew. Default: none. */
  unfinished?: string[];
}

/** What is to be deployed, and whose it is. */
export interface Deployed extends Owner {
  /** Whose code it is. */
  trust: string;
  /** What the environment is there for. */
  kind: string;
}

/**
 * Prepares a stack for `pulumi up`: creates it, or puts right what an earlier run left. An environment in doubt is
 * removed and made anew, since it is meant to be.
 * @param isSettled whether a run that was cut off is known not to live.
 * @param carried URNs of what somebody had changed before the state was refreshed, which it cannot tell any more; absent: it was not.
 * @throws when a namespace of the stack's name is not ours, or an earlier one cannot go.
 */
export async function prepareStack(
  owner: Deployed,
  run: PulumiRun,
  observation: Observation,
  isSettled = false,
  carried?: string[],
): Promise<Prepared> {
  const { stack } = owner;
  const config = kubeConfig(run.env);
  const reading = orUnreachable(() => readNamespace(config, namespaceName(stack)));
  const [state, namespace] = await Promise.all([readState(stack, run), reading]);
  requireEnvironmentIn(stack, state);
  requireSameCluster(config, stack, state, namespace);
  if (namespace !== undefined) {
    requireOurs(namespace, owner);
    requireTrust(namespace, owner.trust);
    requireKind(owner, state, namespace);
  }
  // A run that lives has such, too: what it leaves is judged once it has ended.
  if (!isSettled && (state?.pending.length ?? 0) > 0) {
    await untilUnlocked(stack, run);
    return prepareStack(owner, run, observation, true);
  }
  const snapshot =
    namespace && (await orUnreachable(() => snapshotOf(config, namespace.name, observation.mask)));
  const { mask } = observation;
  const doubt = inconsistencyOf(stack, { state, namespace, objects: snapshot?.objects }, mask);
  const isStanding = stands(stack, state, namespace);
  if (doubt !== undefined && isStanding) {
    if (carried === undefined) await removeUntold(config, { stack, state, namespace, snapshot }, run);
    const changed = state && snapshot ? changedIn(state, snapshot.objects, mask) : [];
    return refreshed(owner, run, observation, { doubt, changed, isRefreshed: carried !== undefined });
  }
  if (doubt !== undefined) {
    run.progress(`an earlier run left its environment ${doubt}: it is removed first`);
    if (!(await removeUnlessMended(owner, config, run, observation)))
      return prepareStack(owner, run, observation);
    observation.forgetDeleted();
  }
  if (state === undefined || doubt !== undefined)
    await pulumi(["stack", "select", "--create", "--stack", stack], run);
  if (snapshot === undefined || doubt !== undefined) return { isUpdate: false, again: [] };
  const wasChanged = ({ urn }: StackResource) => carried?.includes(urn) === true;
  const changed = [
    ...changedIn(state, snapshot.objects, observation.mask),
    ...(state?.resources ?? []).filter(wasChanged),
  ];
  for (const { urn } of changed) run.progress(`${nameIn(urn)} was changed by somebody: it is put right`);
  if (changed.length === 0 && isReady(snapshot, namespace?.marks.commit)) return prepared(snapshot, []);
  if (changed.length === 0)
    run.progress(
      snapshot.unknown.length === 0
        ? "not all of it is ready: it is checked again"
        : "not all of it can be looked at: it is checked again",
    );
  const anew = await orUnreachable(() => withoutPatched(config, changed));
  return prepared(snapshot, [...anew, ...readinessJobIn(state)]);
}

/**
 * An environment that stays is never made anew: its state learns of what the cluster has, and what is missing is made.
 * @throws when it is in doubt after that, too.
 */
async function refreshed(
  owner: Deployed,
  run: PulumiRun,
  observation: Observation,
  { doubt, changed, isRefreshed }: { doubt: string; changed: StackResource[]; isRefreshed: boolean },
): Promise<Prepared> {
  const { stack } = owner;
  if (isRefreshed)
    throw new Failure(
      "broken",
      `an earlier run left the environment of stack ${stack} ${doubt}: a standing one is never made anew; put it right by hand, or restore it, then try again`,
    );
  run.progress(`an earlier run left it ${doubt}: its state is refreshed`);
  // Of what somebody changed, the state would learn that it is to be so.
  const anew = await orUnreachable(() => withoutPatched(kubeConfig(run.env), changed));
  const refresh = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", stack];
  await unlocked(stack, run, () => pulumi(refresh, run));
  return prepareStack(
    owner,
    run,
    observation,
    true,
    anew.map(({ urn }) => urn),
  );
}

/** @returns whether it is removed: what another run, which was waited for, has made whole stays. */
async function removeUnlessMended(
  owner: Owner,
  config: KubeConfig,
  run: PulumiRun,
  observation: Observation,
): Promise<boolean> {
  const { stack } = owner;
  const stillDue = async () => {
    if (await isMended(stack, config, run, observation))
      throw new Mended("broken", `stack ${stack} is whole`);
  };
  try {
    await removeEnvironment(owner, { ...run, keepSettings: true, stillDue });
    return true;
  } catch (error) {
    if (!(error instanceof Mended)) throw error;
    run.progress("the run that was waited for has made it whole: it stays");
    return false;
  }
}

/** What was in doubt is whole: another run was at work on it. */
class Mended extends Failure {}

async function isMended(
  stack: string,
  config: KubeConfig,
  run: PulumiRun,
  { mask }: Observation,
): Promise<boolean> {
  const state = await readState(stack, run);
  const namespace = await readNamespace(config, namespaceName(stack));
  const objects = namespace && (await snapshotOf(config, namespace.name, mask)).objects;
  return namespace !== undefined && inconsistencyOf(stack, { state, namespace, objects }, mask) === undefined;
}

/** @throws when an environment runs code of another trust: a fork's would meet its secrets, or the other way round. */
export function requireTrust({ name, marks: { trust } }: EnvironmentNamespace, wanted: string): void {
  if (trust === undefined || trust === wanted) return;
  throw new LeftAlone(
    "broken",
    `namespace ${name} was made for code of the trust ${shown(trust)}, and this is of ${shown(wanted)}: remove it first with \`dynenv down\`, or choose another stack`,
  );
}

function prepared({ state: { jobs }, objects }: Snapshot, again: StackResource[]): Prepared {
  const unfinished = jobs.filter((job) => isBefore(job) && !hasCondition(job, "Complete"));
  return {
    ...{ isUpdate: true, again: again.map(({ urn }) => urn), gate: jobs.find(isGate)?.metadata?.uid },
    hasVolumes: own((objects.persistentvolumeclaims ?? []) as KubernetesObject[]).length > 0,
    unfinished: unfinished.flatMap(({ metadata }) => metadata?.uid ?? []),
  };
}

/** Whether an environment is known to be ready. */
function isReady({ state, unknown }: Snapshot, commit: string | undefined): boolean {
  return unknown.length === 0 && readinessBlockers(state, commit).length === 0;
}

function readinessJobIn(state: StackState | undefined): StackResource[] {
  return (state?.resources ?? []).filter(
    ({ type, outputs }) => type === "kubernetes:batch/v1:Job" && outputs?.metadata?.name === readinessJobName,
  );
}

/** What there is of an environment. */
interface Found {
  state: StackState | undefined;
  namespace: EnvironmentNamespace | undefined;
  /** What is in the namespace, by kind; a kind that could not be read is not among them. */
  objects?: Record<string, unknown[]> | undefined;
}

/**
 * What of an earlier run cannot be built upon, if anything. What a removal that was killed, or somebody, deleted stays so:
 * Pulumi would change nothing about it.
 */
export function inconsistencyOf(
  stack: string,
  { state, namespace, objects = {} }: Found,
  mask = new Mask(),
): string | undefined {
  const known = namespaceIn(stack, state);
  const [cutOff] = state?.pending ?? [];
  if (cutOff !== undefined) return `half made, at ${nameIn(cutOff.urn)}`;
  if (namespace?.isTerminating === true) return "half removed";
  if (namespace !== undefined && known === undefined) return "without a state";
  if (namespace === undefined && known !== undefined) return "without a namespace";
  const uid = known?.outputs?.metadata?.uid;
  if (uid !== undefined && namespace !== undefined && uid !== namespace.uid)
    return "with the state of another namespace";
  for (const resource of state?.resources ?? []) {
    // What a program puts elsewhere is not looked at.
    if (resource.outputs?.metadata?.namespace !== namespace?.name) continue;
    // What an update that failed has deleted to replace it, the next one makes.
    if (resource.pendingReplacement === true) continue;
    const found = liveOne(resource, objects);
    if (found === "lost") return `without ${nameIn(resource.urn)}`;
    // Nobody would fill it again, unless its data is in a volume.
    if (isFilled(found) && isChanged(resource, found, mask))
      return `with ${nameIn(resource.urn)}, which has data, changed by somebody`;
  }
  return undefined;
}

/** Resources that somebody changed, which Pulumi does not see. */
export function changedIn(
  state: StackState | undefined,
  objects: Record<string, unknown[]>,
  mask = new Mask(),
): StackResource[] {
  return (state?.resources ?? []).filter((resource) => {
    const found = liveOne(resource, objects);
    return found !== undefined && found !== "lost" && isChanged(resource, found, mask);
  });
}

/** A snapshot has no secrets in it, and a name may be one: both sides are masked before they are compared. */
function isChanged(resource: StackResource, found: KubernetesObject, mask: Mask): boolean {
  return specDiffers(mask.object(resource), found);
}

/** The object that a resource describes; nothing where that cannot be told. */
function liveOne(
  { type, outputs }: StackResource,
  objects: Record<string, unknown[]>,
): KubernetesObject | "lost" | undefined {
  const [, kind = ""] = /^kubernetes:.*:(\w+)$/.exec(type) ?? [];
  const there = objects[lasting[kind] ?? ""] as KubernetesObject[] | undefined;
  const uid = outputs?.metadata?.uid;
  if (there === undefined || uid === undefined) return undefined;
  return there.find(({ metadata }) => metadata?.uid === uid) ?? "lost";
}

function nameIn(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${type.split(":").at(-1) ?? ""} ${name}`;
}
