import { namespaceName } from "../components/model/index.ts";
import { Failure } from "../local/failure.ts";
import { pulumi, PulumiFailure, stackOutputs, type PulumiRun } from "./pulumi.ts";
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
  await prepareStack(stack, run);
  const work = () => unlocked(stack, run, () => pulumi([...up, "--stack", stack, ...settings], run));
  try {
    await work().catch((error: unknown) => madeAnew(stack, run, error, work));
  } catch (error) {
    if (run.signal.aborted) throw error;
    const cause = await readinessFailure(run.env, namespaceName(stack));
    throw cause === undefined ? error : new Failure("broken", cause);
  }
}

/**
 * A destroy that was cut off, or a create whose answer was lost, leaves objects of which the state knows nothing: then
 * the environment is removed and made anew, once.
 */
async function madeAnew(
  stack: string,
  run: PulumiRun,
  error: unknown,
  work: () => Promise<void>,
): Promise<void> {
  const isLeft = error instanceof PulumiFailure && /API server: .* already exists/.test(error.output);
  if (!isLeft || run.signal.aborted) throw error;
  run.progress("an earlier run left objects that the state does not know: the environment is removed first");
  await removeEnvironment(stack, { ...run, keepSettings: true });
  await prepareStack(stack, run);
  await work();
}
