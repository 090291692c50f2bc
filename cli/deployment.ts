import { imageStackOf, namespaceName } from "../components/model/names.ts";
import { kubeConfig } from "./clusterAccess.ts";
import { details, EnvironmentFailure } from "./diagnosis/diagnosis.ts";
import { explained } from "./diagnosis/explained.ts";
import { whileHopeful } from "./diagnosis/failFast.ts";
import { withoutLingering } from "./lingeringJobs.ts";
import type { Observation } from "./observation.ts";
import type { Owner } from "./owner.ts";
import { pulumi, PulumiFailure, stackOutputs, type PulumiRun } from "./pulumi.ts";
import { isRefusedByQuota } from "./quotaRefusal.ts";
import { prepareStack } from "./recovery.ts";
import { removeEnvironment } from "./removal.ts";
import { unlocked } from "./unlocked.ts";

const up = ["up", "--yes", "--skip-preview"];

/** Builds and pushes the application's image. @returns the setting that deploys it. */
export async function buildImage(stack: string, settings: string[], run: PulumiRun): Promise<string[]> {
  const name = imageStackOf(stack);
  await pulumi(["stack", "select", "--create", "--stack", name], run);
  await unlocked(name, run, () =>
    pulumi([...up, "--stack", name, ...settings, "--config", "kind=image"], run),
  );
  const { image } = await stackOutputs<{ image: string }>(name, run);
  return ["--config", `image=${image}`];
}

/** `pulumi up` on a stack that is put right first. @throws with the cause when the environment does not get ready. */
export async function deploy(
  owner: Owner,
  settings: string[],
  run: PulumiRun,
  observation: Observation,
): Promise<void> {
  const { stack } = owner;
  const isUpdate = await prepareStack(owner, run);
  const args = [...up, "--stack", stack, ...settings];
  const update: Update = {
    ...{ owner, run, since: new Date(), isUpdate },
    work: () =>
      withoutLingering({ config: kubeConfig(run.env), observation, ...run }, () =>
        whileHopeful({ observation, ...run, isUpdate }, (signal) =>
          unlocked(stack, { ...run, signal }, () => pulumi(args, { ...run, signal })),
        ),
      ),
  };
  try {
    await update.work().catch((error: unknown) => madeAnew(update, error));
  } catch (error) {
    const failure = run.signal.aborted ? error : await explained(error, observation);
    if (failure instanceof EnvironmentFailure)
      for (const line of details(failure.findings)) run.progress(line);
    throw failure;
  }
}

interface Update {
  owner: Owner;
  run: PulumiRun;
  since: Date;
  /** Whether there was an environment before. */
  isUpdate: boolean;
  work: () => Promise<void>;
}

/** Removes an environment that an update cannot get past, and makes it anew, once. @throws any other error. */
async function madeAnew(update: Update, error: unknown): Promise<void> {
  const { owner, run, work } = update;
  const hindrance = run.signal.aborted ? undefined : await hindranceIn(update, error);
  if (hindrance === undefined) throw error;
  run.progress(`${hindrance}: the environment is removed first`);
  await removeEnvironment(owner, { ...run, keepSettings: true });
  await prepareStack(owner, run);
  await work();
}

async function hindranceIn(
  { owner, run, since, isUpdate }: Update,
  error: unknown,
): Promise<string | undefined> {
  const isFull = isUpdate && (await isRefusedByQuota(run.env, namespaceName(owner.stack), since));
  if (isFull) return "there is no room for what comes beside what goes";
  if (!(error instanceof PulumiFailure)) return undefined;
  // A destroy that was cut off, or a create whose answer was lost.
  if (/API server: .* already exists/.test(error.output))
    return "an earlier run left objects that the state does not know";
  return undefined;
}
