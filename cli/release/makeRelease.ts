import { relative, resolve, sep } from "node:path";
import type { KubeConfig } from "#bundled/kubernetes";
import { listed, named, shown, Trust } from "../../components/model/index.ts";
import { checkedOut, checkoutRoot, uncommittedCode } from "../../foundation/checkout.ts";
import { Failure } from "../../foundation/failure.ts";
import { lockText, parseLock, type ReleaseLock, sealed } from "../../foundation/releaseLock.ts";
import { packageVersion } from "../../local/versions.ts";
import { orUnreachable } from "../access/clusterAccess.ts";
import { requireEnvironment, type Owner } from "../environment/owner.ts";
import { requireReadyCommit } from "../environment/readyCommit.ts";
import { requireTested } from "../environment/tested.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { stackOutputs, type PulumiRun } from "../pulumi/pulumi.ts";
import { type Git, gitIn } from "./gitCommand.ts";
import { renderedProgram } from "./renderedProgram.ts";
import { lockPath, StableBranch } from "./stableBranch.ts";

/**
 * Makes a release of an environment that passed its tests: its lock, on the branch `stable`.
 * @returns the lock, the earlier one where the very same was made before.
 * @throws for what nobody could make again: changes that are not committed, a fork, what was not tested.
 */
export async function makeRelease(
  version: string,
  owner: Owner,
  config: KubeConfig,
  run: PulumiRun,
): Promise<ReleaseLock> {
  const environment = await testedEnvironment(config, owner);
  const git = gitIn(programFolder(), run.signal);
  const lock = await lockOf(version, environment, git, run);
  const message = {
    subject: `Release ${version}`,
    trailers: {
      Release: version,
      Project: lock.project,
      "Source-commit": lock.commit,
      Objects: lock.objects,
    },
  };
  await StableBranch.add(git, message, async (branch) => {
    const before = await branch.read(lockPath(version));
    if (before !== undefined) requireSame(parseLock(before, `release ${version}`), lock);
    return { [lockPath(version)]: lockText(lock) };
  });
  return lock;
}

/** @throws when a version is taken by another release: one that is out never changes. */
function requireSame(before: ReleaseLock, { content, version }: ReleaseLock): void {
  if (before.content === content) return;
  throw new Failure(
    "broken",
    `release ${version} is there already, of commit ${before.commit.slice(0, 12)} and with other content: choose another version`,
  );
}

async function testedEnvironment(config: KubeConfig, owner: Owner): Promise<EnvironmentNamespace> {
  return orUnreachable(async () => {
    const environment = await requireEnvironment(config, owner);
    const { name, marks } = environment;
    if (marks.trust !== Trust.trusted)
      throw new Failure(
        "broken",
        `${name} runs code of a fork: a release is made of the project's own code; merge it first`,
      );
    requireCheckedOut(name, marks.commit ?? "");
    await requireReadyCommit(config, environment);
    await requireTested(config, environment);
    return environment;
  });
}

/** @throws unless what runs is what is checked out, all of it. */
function requireCheckedOut(namespace: string, commit: string): void {
  const here = checkedOut(programFolder()).commit;
  if (commit !== here)
    throw new Failure(
      "usage",
      `${namespace} runs commit ${shown(commit)}, but ${here.slice(0, 12)} is checked out: check out the one that runs, or deploy this one`,
    );
  const changed = uncommittedCode(programFolder());
  if (changed.length > 0)
    throw new Failure(
      "usage",
      `the checkout has changes that are not committed, which no release can hold, in ${listed(changed.slice(0, 3).map(named))}${changed.length > 3 ? " and others" : ""}: commit them, then deploy and test again`,
    );
}

async function lockOf(
  version: string,
  { marks }: EnvironmentNamespace,
  git: Git,
  run: PulumiRun,
): Promise<ReleaseLock> {
  const { stack = "", project = "", commit = "", ref = "" } = marks;
  const { images = {} } = await stackOutputs<{ images?: Record<string, string> }>(stack, run);
  const env = { ...run.env, DYNENV_PROJECT: project, DYNENV_REF: ref, DYNENV_COMMIT: commit };
  const rendered = await renderedProgram({ stack, given: [], env, images, signal: run.signal });
  const { graph = {}, services, secretFiles, objects } = rendered;
  const listed = Object.entries(rendered.migrations).map(
    async ([service, folder]) => [service, await migrationsIn(git, service, folder)] as const,
  );
  const migrations = Object.fromEntries(await Promise.all(listed));
  return sealed({
    ...{ version, project, commit, ref, environment: stack, program: packageVersion },
    ...{ images, services, migrations, secretFiles, graph, objects },
  });
}

/** Files that the commit has there. @throws where it has none: a rollback would be told of none. */
async function migrationsIn(git: Git, service: string, folder: string): Promise<string[]> {
  const root = checkoutRoot(programFolder()) ?? programFolder();
  const path = relative(root, resolve(programFolder(), folder)).split(sep).join("/");
  const listed = await git(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD", "--", `${path}/`]);
  const files = listed.split("\0").filter((file) => file !== "");
  if (files.length > 0) return files.map((file) => file.slice(path.length + 1)).sort();
  throw new Failure(
    "usage",
    `migrations of service ${service} is ${shown(folder)}, where the commit has no file: name the folder that has them, relative to the program`,
  );
}
