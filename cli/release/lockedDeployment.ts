import { EnvironmentKind } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import type { Work } from "../../foundation/work.ts";
import { packageVersion } from "../../local/versions.ts";
import { contentHash } from "../../rendering/content.ts";
import { environmentFiles } from "../../rendering/files.ts";
import type { Rendered } from "../../rendering/request.ts";
import { configuredSetting } from "../pulumi/pulumiProject.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { recordedSettings, settingsFile } from "./recordedSettings.ts";
import { gitIn } from "./gitCommand.ts";
import { requireImages } from "./lockedImages.ts";
import { renderedProgram } from "./renderedProgram.ts";
import { requireOwnStack } from "./ownStack.ts";
import { filesOf, stableBranch, StableBranch } from "./stableBranch.ts";

/** One deployment to a stack, with the variables that the program gets. */
export interface Deployment {
  stack: string;
  /** Settings of the command line. */
  given: string[];
  env: Record<string, string>;
  /** What is deployed, where it is a release. */
  lock: ReleaseLock | undefined;
  commit: string;
  project: string;
}

/** Whether what is deployed to a stack is told by the branch `stable`. */
export function isToldOf({ stack, given }: Deployment): boolean {
  return configuredSetting(stack, given, "kind") === EnvironmentKind.standing;
}

/**
 * Looks whether a release can be made again, before anything is.
 * @throws when an image is missing, or the branch `stable` could not tell of it.
 */
export async function requireDeployable(deployment: Deployment, { progress, signal }: Work): Promise<void> {
  const { lock, stack, given, env } = deployment;
  if (lock === undefined) return;
  if (configuredSetting(stack, given, "images") !== undefined)
    throw new Failure(
      "usage",
      `release ${lock.version} has images of its own, but settings of the stack ${stack} give others: leave images out there`,
    );
  const opened = isToldOf(deployment)
    ? StableBranch.open(gitIn(programFolder(), signal)).then((branch) =>
        requireOwnStack(branch, stack, deployment.project),
      )
    : Promise.resolve(undefined);
  const [rendered] = await Promise.all([
    renderedProgram({ stack, given, env, signal }),
    requireImages(lock, env, progress),
    opened,
  ]);
  if (rendered.objects === lock.objects) return;
  progress(
    `release ${lock.version} is deployed from its graph: its objects are not quite those of ${lock.program}, which made it, by this version, ${packageVersion}; commit ${lock.commit.slice(0, 12)} with its own dependencies has them exactly`,
  );
}

/**
 * Adds to the branch `stable` what is deployed to a standing environment now; before the first release there is no such branch.
 * @throws when it cannot be added for a release: the environment is what was asked for all the same.
 */
export async function tellDeployment(
  deployment: Deployment,
  images: Record<string, string>,
  work: Work,
): Promise<void> {
  const { lock, stack } = deployment;
  if (!isToldOf(deployment)) return;
  try {
    const git = gitIn(programFolder(), work.signal);
    if (lock === undefined && (await StableBranch.open(git)).isEmpty) return;
    const rendered = await renderedProgram({ ...deployment, images, signal: work.signal });
    await addDeployment(deployment, rendered, work);
  } catch (error) {
    work.signal.throwIfAborted();
    const { message } = error as Error;
    // Of what is no release nobody asks there.
    if (lock === undefined) {
      work.progress(`the branch ${stableBranch} does not say what ${stack} runs: ${message}`);
      return;
    }
    throw new Failure(
      "unreachable",
      `the environment of the stack ${stack} runs release ${lock.version}, but the branch ${stableBranch} does not say so yet: ${message}; then run the same command again`,
    );
  }
}

/** Says there that an environment is gone. What keeps it from that is told in a line: the environment is gone all the same. */
export async function tellRemoval(stack: string, project: string, { progress, signal }: Work): Promise<void> {
  try {
    const git = gitIn(programFolder(), signal);
    if ((await filesOf(await StableBranch.open(git), stack)).length === 0) return;
    const message = { subject: `Remove ${stack}`, trailers: { Environment: stack, Project: project } };
    await StableBranch.add(git, message, async (branch) => {
      await requireOwnStack(branch, stack, project);
      return Object.fromEntries((await filesOf(branch, stack)).map((path) => [path, undefined]));
    });
    progress(`branch ${stableBranch} says that ${stack} is gone`);
  } catch (error) {
    signal.throwIfAborted();
    progress(`the branch ${stableBranch} does not say that ${stack} is gone: ${(error as Error).message}`);
  }
}

async function addDeployment(
  deployment: Deployment,
  { manifests }: Rendered,
  { progress, signal }: Work,
): Promise<void> {
  const { stack, lock, commit, project } = deployment;
  const git = gitIn(programFolder(), signal);
  const message = {
    subject:
      lock === undefined ? `Deploy ${commit.slice(0, 12)} to ${stack}` : `Deploy ${lock.version} to ${stack}`,
    trailers: {
      Environment: stack,
      Project: project,
      ...(lock && { Release: lock.version }),
      "Source-commit": commit,
      Objects: contentHash(manifests),
    },
  };
  const settings = `${JSON.stringify(recordedSettings(deployment), undefined, 2)}\n`;
  const files = { ...environmentFiles(manifests), [settingsFile]: settings };
  await StableBranch.add(git, message, async (branch) => {
    await requireOwnStack(branch, stack, project);
    const gone = await filesOf(branch, stack);
    const own = Object.entries(files).map(([name, text]) => [`${stack}/${name}`, text] as const);
    return { ...Object.fromEntries(gone.map((path) => [path, undefined])), ...Object.fromEntries(own) };
  });
  progress(
    `branch ${stableBranch} says that ${stack} runs ${lock === undefined ? commit.slice(0, 12) : lock.version}`,
  );
}
