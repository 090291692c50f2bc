import { namespaceName } from "../components/model/index.ts";
import { Failure } from "../local/failure.ts";
import { pulumi, PulumiFailure, stackOutputs, type PulumiRun } from "./pulumi.ts";
import { isRefusedByQuota } from "./quotaRefusal.ts";
import { readinessFailure } from "./readinessFailure.ts";
import { prepareStack } from "./recovery.ts";
import { imageStack, removeEnvironment } from "./removal.ts";
import { unlocked } from "./unlocked.ts";

const up = ["up", "--yes", "--skip-preview"];

/** Builds and pushes the application's image. @returns the setting that deploys it. */
export async function buildImage(stack: string, settings: string[], run: PulumiRun): Promise<string[]> {
  const name = imageStack(stack);
  await pulumi(["stack", "select", "--create", "--stack", name], run);
  await unlocked(name, run, () =>
    pulumi([...up, "--stack", name, ...settings, "--config", "kind=image"], run),
  );
  const { image } = await stackOutputs<{ image: string }>(name, run);
  return ["--config", `image=${image}`];
}

/** `pulumi up` on a stack that is put right first. @throws with the cause when the environment does not get ready. */
export async function deploy(stack: string, settings: string[], run: PulumiRun): Promise<void> {
  const update: Update = {
    ...{ stack, run, since: new Date(), isUpdate: await prepareStack(stack, run) },
    work: () => unlocked(stack, run, () => pulumi([...up, "--stack", stack, ...settings], run)),
  };
  try {
    await update.work().catch((error: unknown) => madeAnew(update, error));
  } catch (error) {
    if (run.signal.aborted) throw error;
    const cause = await readinessFailure(run.env, namespaceName(stack));
    throw cause === undefined ? error : new Failure("broken", cause);
  }
}

interface Update {
  stack: string;
  run: PulumiRun;
  since: Date;
  /** Whether there was an environment before. */
  isUpdate: boolean;
  work: () => Promise<void>;
}

/** Removes an environment that an update cannot get past, and makes it anew, once. @throws any other error. */
async function madeAnew(update: Update, error: unknown): Promise<void> {
  const { stack, run, work } = update;
  const hindrance = run.signal.aborted ? undefined : await hindranceIn(update, error);
  if (hindrance === undefined) throw error;
  run.progress(`${hindrance}: the environment is removed first`);
  await removeEnvironment(stack, { ...run, keepSettings: true });
  await prepareStack(stack, run);
  await work();
}

async function hindranceIn(
  { stack, run, since, isUpdate }: Update,
  error: unknown,
): Promise<string | undefined> {
  if (!(error instanceof PulumiFailure)) return undefined;
  // A destroy that was cut off, or a create whose answer was lost.
  if (/API server: .* already exists/.test(error.output))
    return "an earlier run left objects that the state does not know";
  const isFull = isUpdate && (await isRefusedByQuota(run.env, namespaceName(stack), since));
  return isFull ? "there is no room for what comes beside what goes" : undefined;
}
