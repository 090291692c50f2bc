import { rm } from "node:fs/promises";
import type { KubeConfig } from "#bundled/kubernetes";
import { imageStackOf, namespaceName } from "../../components/model/index.ts";
import { exitCodes, Failure } from "../../foundation/failure.ts";
import { removeBackups } from "../pulumi/backups.ts";
import { kubeConfig, orUnreachable, requireAnswer } from "../access/clusterAccess.ts";
import { endPods } from "../kubernetes/endPods.ts";
import {
  deleteNamespace,
  readNamespace,
  untilGone,
  untilStuck,
  whatKeeps,
  type EnvironmentNamespace,
} from "../kubernetes/namespace.ts";
import { type Meant, requireRemovable, stands, type Owner } from "./owner.ts";
import { isNoStack } from "../pulumi/commandErrors.ts";
import { pulumi, PulumiFailure, type PulumiRun } from "../pulumi/pulumi.ts";
import { stackFileOf } from "../pulumi/pulumiProject.ts";
import { requireSameCluster } from "./sameCluster.ts";
import { ForeignStack, requireImageIn } from "./stackContent.ts";
import { readState, type StackState } from "../pulumi/state.ts";
import { LeftAlone, unlocked } from "../pulumi/unlocked.ts";

export interface Removal extends PulumiRun, Meant {
  /** Ends once the cluster is known to answer and to allow it, else throws. Default: only its answer is asked for. */
  allowed?: Promise<void>;
  /** Whether the stack's settings file stays, since the stack is made anew. Default: `false`. */
  keepSettings?: boolean;
  /** Asked once another run was waited for, which may have put all right; throws when nothing is to be removed any more. */
  stillDue?: () => Promise<void>;
}

/** A removal of an environment that is known. */
interface KnownRemoval extends Removal {
  /** Whether it has no end: Pulumi protects it, and the stack's settings file is committed. */
  isStanding: boolean;
}

/** How long a namespace may take to go once it is deleted. */
const goneWithin = 120_000;

/**
 * Removes an environment, whatever state it is in: destroy by state; if that fails, the namespace by its marks; and
 * the stack only once the namespace is gone. Of each step, having nothing to do is not an error.
 * @throws when it is another project's, pinned or cannot go (exit code 1), and when cluster or backend are out of reach (3);
 * the state then stays.
 */
export async function removeEnvironment(owner: Owner, removal: Removal): Promise<void> {
  const { stack } = owner;
  const config = kubeConfig(removal.env);
  const { allowed = requireAnswer(config) } = removal;
  const reading = Promise.all([
    readState(stack, removal),
    readState(imageStackOf(stack), removal),
    orUnreachable(() => readNamespace(config, namespaceName(stack))),
  ]);
  // What is missing says more than what therefore cannot be read.
  reading.catch(() => undefined);
  await allowed;
  const [state, imageState, namespace] = await reading;
  requireSameCluster(config, stack, state, namespace);
  requireRemovable(owner, state, namespace, removal);
  const due = { state, namespace };
  const stillDue = async () => {
    due.namespace = await readNamespace(config, namespaceName(stack));
    requireRemovable(owner, await readState(stack, removal), due.namespace, removal);
    await removal.stillDue?.();
  };
  const isStanding = stands(stack, state, namespace);
  await orUnreachable(() => removeNamespace(config, stack, due, { ...removal, stillDue, isStanding }));
  const stillGone = () =>
    orUnreachable(async () => {
      if ((await readNamespace(config, namespaceName(stack))) !== undefined) throw madeAnew(stack);
    });
  const all = { ...removal, isStanding };
  await Promise.all([forget(stack, state, all, stillGone), removeImageStack(stack, imageState, all)]);
}

function madeAnew(stack: string): LeftAlone {
  return new LeftAlone(
    "broken",
    `the environment of stack ${stack} has been made anew by another run: it stays; run \`dynenv down\` again to remove it, too`,
  );
}

/** Removes the stack that builds an environment's image; one of that name that holds anything else stays. */
async function removeImageStack(
  stack: string,
  state: StackState | undefined,
  removal: KnownRemoval,
): Promise<void> {
  const imageStack = imageStackOf(stack);
  const require = (found: StackState | undefined) => {
    if (removal.isAllOurs !== true) requireImageIn(imageStack, found);
  };
  const stillDue = async () => {
    require(await readState(imageStack, removal));
  };
  try {
    require(state);
    // The image outlives it; there is nothing else that a failed destroy could leave.
    if (state !== undefined) await destroy(imageStack, { ...removal, stillDue });
  } catch (error) {
    if (!(error instanceof ForeignStack)) throw error;
    removal.progress(error.message);
    return;
  }
  await forget(imageStack, state, removal);
}

/** What the stack describes goes by its state, what is left by its marks. */
async function removeNamespace(
  config: KubeConfig,
  stack: string,
  due: { state: StackState | undefined; namespace: EnvironmentNamespace | undefined },
  removal: KnownRemoval,
): Promise<void> {
  const name = namespaceName(stack);
  await unlessStuck(config, name, removal, async (watched) => {
    if (due.state !== undefined && removal.isStanding) await unprotect(stack, watched);
    if (due.state !== undefined) await destroyNow(config, stack, due.namespace, watched);
    // A destroy that failed may have left it. What began after it is another run's.
    const left = await readNamespace(config, name);
    if (left === undefined) return;
    if (left.uid !== due.namespace?.uid) throw madeAnew(stack);
    await sweep(config, left, watched);
  });
}

/** Ends the work, which would wait for minutes, once the namespace is kept from going. @throws what keeps it. */
async function unlessStuck(
  config: KubeConfig,
  name: string,
  removal: Removal,
  work: (removal: Removal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const stuck = new AbortController();
  const watching = untilStuck(config, name, ended.signal).then(
    () => {
      stuck.abort();
    },
    // Whether it can be watched decides on nothing: the work has a limit of its own.
    () => undefined,
  );
  try {
    await work({ ...removal, signal: AbortSignal.any([removal.signal, stuck.signal]) });
  } catch (error) {
    removal.signal.throwIfAborted();
    if (stuck.signal.aborted) throw await doesNotGo(config, name);
    throw error;
  } finally {
    ended.abort();
    await watching;
  }
}

async function doesNotGo(config: KubeConfig, name: string): Promise<Failure> {
  const reason = await whatKeeps(config, name);
  return new Failure(
    "broken",
    `namespace ${name} cannot be removed: ${reason}; remove what keeps it, then run \`dynenv down\` again`,
  );
}

/**
 * Destroys a stack; once Pulumi has its lock, the namespace and its pods end beside it, sooner than in Pulumi's order.
 */
async function destroyNow(
  config: KubeConfig,
  stack: string,
  namespace: EnvironmentNamespace | undefined,
  removal: Removal,
): Promise<void> {
  const ended = new AbortController();
  let ending: Promise<void> | undefined;
  const begun = () => {
    ending ??= namespace && endEarly(config, namespace, ended.signal).catch(() => undefined);
  };
  try {
    await destroy(stack, { ...removal, begun });
  } finally {
    ended.abort();
    await ending;
  }
}

/** Once the namespace is being deleted, no new pod can take the place of one that ends. */
async function endEarly(
  config: KubeConfig,
  namespace: EnvironmentNamespace,
  signal: AbortSignal,
): Promise<void> {
  if (!namespace.isTerminating) await deleteNamespace(config, namespace);
  await endPods(config, namespace.name, signal);
}

async function unprotect(stack: string, removal: Removal): Promise<void> {
  const args = ["state", "unprotect", "--all", "--yes", "--stack", stack];
  await unlocked(stack, removal, () => pulumi(args, removal), removal.stillDue);
}

/** A failure is told, but the namespace and all that is in it can go without Pulumi. */
async function destroy(stack: string, removal: Removal): Promise<void> {
  const args = ["destroy", "--yes", "--skip-preview", "--continue-on-error", "--stack", stack];
  // The state is written once, at the end: should that never come, what it still names is gone or goes the next time.
  const env = { ...removal.env, PULUMI_SKIP_CHECKPOINTS: "true" };
  try {
    await unlocked(stack, removal, () => pulumi(args, { ...removal, env }), removal.stillDue);
  } catch (error) {
    // A backend that cannot be written to would not learn of what is removed without it.
    if (!(error instanceof PulumiFailure) || error.exitCode === exitCodes.unreachable) throw error;
    removal.progress(`destroy failed: ${error.message}; the namespace is removed without it`);
  }
}

async function sweep(config: KubeConfig, namespace: EnvironmentNamespace, removal: Removal): Promise<void> {
  const { name } = namespace;
  const { progress, signal } = removal;
  progress(`  namespace ${name}: ${namespace.isTerminating ? "is going" : "is left, and deleted now"}`);
  if (!namespace.isTerminating) await deleteNamespace(config, namespace);
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(goneWithin)]);
  const ended = new AbortController();
  const ending = endPods(config, name, ended.signal);
  try {
    if (await untilGone(config, namespace, inTime)) return;
  } finally {
    ended.abort();
    await ending;
  }
  signal.throwIfAborted();
  throw await doesNotGo(config, name);
}

/** Forgets a stack whose namespace is gone, with the backups that hold its secrets. */
async function forget(
  stack: string,
  state: StackState | undefined,
  removal: KnownRemoval,
  stillDue?: () => Promise<void>,
): Promise<void> {
  if (state !== undefined) await removeStack(stack, removal, stillDue);
  // A stack that is made anew has backups anew.
  if (removal.keepSettings !== true) await removeBackups(stack, state === undefined, removal);
}

/** One that another run has removed meanwhile is gone, as it should be. */
async function removeStack(
  stack: string,
  removal: KnownRemoval,
  stillDue?: () => Promise<void>,
): Promise<void> {
  const keepsFile = removal.keepSettings === true || removal.isStanding;
  const kept = keepsFile ? ["--preserve-config"] : [];
  const args = ["stack", "rm", "--yes", "--force", "--remove-backups", ...kept, "--stack", stack];
  const work = () =>
    pulumi(args, removal).catch(async (error: unknown) => {
      if (!(error instanceof PulumiFailure) || !isNoStack(error.output)) throw error;
      if (!keepsFile) await rm(stackFileOf(stack), { force: true });
    });
  await unlocked(stack, removal, work, stillDue);
}
