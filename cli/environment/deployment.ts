import type { KubernetesObject } from "#bundled/kubernetes";
import {
  EnvironmentKind,
  imageStackOf,
  isOurs,
  namespaceName,
  ownerSelector,
  Trust,
} from "../../components/model/index.ts";
import { exitCodes, Failure } from "../../foundation/failure.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { readVariable } from "../../foundation/variable.ts";
import { kubeConfig, orUnreachable, requireAnswer } from "../access/clusterAccess.ts";
import { details, EnvironmentFailure, stateOf } from "../diagnosis/diagnosis.ts";
import { explained, isOfWait } from "../diagnosis/explained.ts";
import { failFast } from "../diagnosis/failFast.ts";
import { snapshotOf } from "../diagnosis/snapshot.ts";
import { withoutLingering } from "./lingeringJobs.ts";
import type { Observation } from "../kubernetes/observation.ts";
import { readNamespace } from "../kubernetes/namespace.ts";
import { requireOurs, type Owner } from "./owner.ts";
import { pulumi, PulumiFailure, stackOutputs, type PulumiRun } from "../pulumi/pulumi.ts";
import { configuredSetting } from "../pulumi/pulumiProject.ts";
import { isRefusedByQuota } from "./quotaRefusal.ts";
import { prepareStack, requireTrust, type Deployed, type Prepared } from "./recovery.ts";
import { removeEnvironment } from "./removal.ts";
import { requireEnvironmentIn, requireImageIn } from "./stackContent.ts";
import { readState } from "../pulumi/state.ts";
import { unlocked } from "../pulumi/unlocked.ts";
import { orInterrupted } from "../process/interrupt.ts";
import { removeObjects, untoldNamed } from "./untold.ts";

const up = ["up", "--yes", "--skip-preview"];

/** Builds and pushes the project's images. @returns the variable by which they are deployed. */
export async function buildImages(
  stack: string,
  settings: string[],
  run: PulumiRun,
): Promise<{ DYNENV_SERVICE_IMAGES: string }> {
  const name = imageStackOf(stack);
  requireImageIn(name, await readState(name, run));
  await pulumi(["stack", "select", "--create", "--stack", name], run);
  await unlocked(name, run, () =>
    pulumi([...up, "--stack", name, ...settings, "--config", `${settingNamespace}:kind=image`], run),
  );
  const { images } = await stackOutputs<{ images?: Record<string, string> }>(name, run);
  if (images === undefined)
    throw new Failure(
      "usage",
      `the program gives no images where the setting ${settingNamespace}:kind is image: end it with export default preview({ ... }), which does, or deploy it by dynenv up`,
    );
  return { DYNENV_SERVICE_IMAGES: JSON.stringify(images) };
}

/** Asked before anything is built. @throws when the stack's namespace is somebody else's, or of code of another trust. */
export async function requireDeployable(owner: Owner, given: string[], run: PulumiRun): Promise<void> {
  const namespace = await orUnreachable(() => readNamespace(kubeConfig(run.env), namespaceName(owner.stack)));
  if (namespace === undefined) return;
  requireOurs(namespace, owner);
  requireTrust(namespace, trustOf(owner.stack, given, run.env));
}

/** `pulumi up` on a stack that is put right first. @throws with the cause when the environment does not get ready. */
export async function deploy(
  owner: Owner,
  settings: string[],
  run: PulumiRun,
  observation: Observation,
): Promise<void> {
  const { stack } = owner;
  const kind = configuredSetting(stack, settings, "kind") ?? EnvironmentKind.preview;
  const deployed = { ...owner, kind, trust: trustOf(stack, settings, run.env) };
  const work = ({ isUpdate, again, gate, unfinished = [], hasVolumes = false }: Prepared) => {
    observation.leaveOut(unfinished);
    const given = ["--stack", stack, ...settings];
    const args = [...up, ...given, ...again.flatMap((urn) => ["--replace", urn])];
    // What others do to the environment, while they are waited for, is not judged.
    const attempt = async () => {
      if (hasVolumes) await requireVolumesKept(given, run);
      return withoutLingering({ config: kubeConfig(run.env), observation, ...run }, () =>
        failFast({ observation, ...run, isUpdate, gate }, (signal) => pulumi(args, { ...run, signal })),
      );
    };
    return unlocked(stack, run, attempt, () =>
      Promise.reject(new Outdated("broken", "another run came first")),
    );
  };
  const update = { owner: deployed, run, observation, work };
  try {
    await preparedAndDone(update);
    await requireMade(owner, run);
    requireEnvironmentIn(stack, await readState(stack, run));
  } catch (error) {
    if (!run.signal.aborted) await requireStillThere(stack, error, run);
    const failure = run.signal.aborted ? error : await explained(error, observation);
    if (failure instanceof EnvironmentFailure)
      for (const line of details(failure.findings)) run.progress(line);
    throw failure;
  }
}

/** @throws where an update failed since the cluster went out of reach: of what is in it nothing can be said. */
async function requireStillThere(stack: string, error: unknown, { env, signal }: PulumiRun): Promise<void> {
  if (!(error instanceof PulumiFailure) || error.exitCode !== exitCodes.broken) return;
  try {
    await orInterrupted(signal, requireAnswer(kubeConfig(env)));
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof Failure) || cause.exitCode !== exitCodes.unreachable) return;
    throw new Failure(
      "unreachable",
      `${cause.message}; what was done until then is in the state of stack ${stack}: run \`dynenv up\` again once the cluster answers`,
      { cause },
    );
  }
}

/**
 * Has Pulumi say what it would do, where a service would else run without its data by the time that Pulumi comes to the volume.
 * @throws when a volume would go, or be made anew.
 */
async function requireVolumesKept(given: string[], run: PulumiRun): Promise<void> {
  const env = { ...run.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  await pulumi(["preview", ...given], { ...run, env, detail: () => undefined });
}

/** @throws unless the program made the environment that it was called for, and none of another stack. */
async function requireMade(owner: Owner, { env }: PulumiRun): Promise<void> {
  const name = namespaceName(owner.stack);
  const made = await orUnreachable(() => readNamespace(kubeConfig(env), name));
  if (made === undefined)
    throw new Failure(
      "broken",
      `the program made no environment for the stack ${owner.stack}, since there is no namespace ${name}: end it with export default preview({ ... }), or give its EphemeralEnvironment the stack's own name`,
    );
  requireOurs(made, owner);
}

/** Whose code is deployed, as the program decides it: its configuration comes before the variable. */
function trustOf(stack: string, settings: string[], env: Record<string, string>): string {
  const configured = configuredSetting(stack, settings, "trust");
  return configured ?? env.DYNENV_TRUST ?? readVariable("DYNENV_TRUST") ?? Trust.trusted;
}

interface Update {
  owner: Deployed;
  run: PulumiRun;
  observation: Observation;
  work: (prepared: Prepared) => Promise<void>;
}

/** Another run, which was waited for, may have changed what the stack was prepared for. */
class Outdated extends Failure {}

async function preparedAndDone(update: Update): Promise<void> {
  const { owner, run, observation, work } = update;
  const since = new Date();
  const prepared = await prepareStack(owner, run, observation);
  try {
    await work(prepared).catch((error: unknown) => recreate(update, { prepared, since }, error));
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    await preparedAndDone(update);
  }
}

/** One try to deploy, from what it found and when it began. */
interface Attempt {
  prepared: Prepared;
  since: Date;
}

/** Removes an environment that an update cannot get past, and makes it anew, once. @throws any other error. */
async function recreate(update: Update, attempt: Attempt, error: unknown): Promise<void> {
  const { owner, run, work, observation } = update;
  if (owner.kind === EnvironmentKind.standing) {
    await makeRoom(update, error);
    return;
  }
  const blocker = run.signal.aborted ? undefined : await blockerOf(update, attempt, error);
  if (blocker === undefined) throw error;
  run.progress(`${blocker}: the environment is removed first`);
  await removeEnvironment(owner, { ...run, keepSettings: true });
  observation.forgetDeleted();
  await work(await prepareStack(owner, run, observation));
}

/** Each time, at least one object is removed that an earlier run left; Pulumi tells of some and then ends. */
const rounds = 10;

/**
 * Of an environment that stays, only those objects go that an earlier run made, of which the state knows nothing, and which hold
 * no data. @throws the error where there are none.
 */
async function makeRoom({ owner, run, work, observation }: Update, error: unknown): Promise<void> {
  let failure = error;
  for (let round = 0; round < rounds; round++) {
    const names = run.signal.aborted || !(failure instanceof PulumiFailure) ? [] : inTheWay(failure.output);
    if (names.length === 0) throw failure;
    const config = kubeConfig(run.env);
    const namespace = namespaceName(owner.stack);
    for (const [kind, name] of names) await requireOwnObject(kind, name, { owner, run, observation });
    const { objects } = await orUnreachable(() => snapshotOf(config, namespace, observation.mask));
    const untold = untoldNamed(names, await readState(owner.stack, run), objects);
    if (!(await removeObjects(config, namespace, untold, run))) throw failure;
    try {
      await work(await prepareStack(owner, run, observation));
      return;
    } catch (next) {
      failure = next;
    }
  }
  throw failure;
}

/** Kinds and names of what the API server would not make, since it is there. */
function inTheWay(output: string): [kind: string, name: string][] {
  const refusals = output.matchAll(/API server: .*?\b([a-z]+)(?:\.[a-z0-9.]+)? "([^"]+)" already exists/g);
  return [...refusals].map(([, kind = "", name = ""]) => [kind, name]);
}

async function blockerOf(
  { owner, run, observation }: Update,
  { prepared, since }: Attempt,
  error: unknown,
): Promise<string | undefined> {
  const isStuck = error instanceof EnvironmentFailure || (error instanceof PulumiFailure && isOfWait(error));
  if (prepared.isUpdate && isStuck && isRefusedByQuota(stateOf(observation), since))
    return "the quota has no room for the new pods beside the old ones";
  if (!(error instanceof PulumiFailure)) return undefined;
  // A destroy that was cut off, or a create whose answer was lost.
  const [[kind, name] = ["", ""]] = inTheWay(error.output);
  if (name === "") return undefined;
  await requireOwnObject(kind, name, { owner, run, observation });
  return "an earlier run left objects that the state does not know";
}

/** @throws when an object is somebody's own, which is not removed to make room for one of the environment. */
async function requireOwnObject(
  kind: string,
  name: string,
  { owner, run, observation }: Pick<Update, "owner" | "run" | "observation">,
): Promise<void> {
  const namespace = namespaceName(owner.stack);
  const { objects } = await orUnreachable(() => snapshotOf(kubeConfig(run.env), namespace, observation.mask));
  const listed = objects[kind] as KubernetesObject[] | undefined;
  const found = listed?.find(({ metadata }) => metadata?.name === name);
  // What is not there any more was going at that moment; the namespace itself is judged by its removal.
  if (
    kind === "namespaces" ||
    (listed !== undefined && found === undefined) ||
    isOurs(found?.metadata?.labels)
  )
    return;
  if (listed === undefined)
    throw new Failure(
      "broken",
      `${kind}/${name} in namespace ${namespace} has the name of one of the environment's, and nobody can see whose it is: rename or delete it, or use a login that may list ${kind}, then try again`,
    );
  throw new Failure(
    "broken",
    `${kind}/${name} in namespace ${namespace} is somebody's own, since it lacks the label ${ownerSelector}, and the environment has one of that name: rename or delete it, then try again`,
  );
}
