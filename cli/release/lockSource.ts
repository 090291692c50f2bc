import { statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  lockText,
  parseLock,
  readLock,
  type ReleaseLock,
  requireProject,
  requireVersion,
} from "../../foundation/releaseLock.ts";
import { ownProject } from "../environment/identity.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { gitIn } from "./gitCommand.ts";
import { lockPath, lockTextOf, StableBranch } from "./stableBranch.ts";

/** The lock that somebody names: by a file, or by the version of a release. @throws where there is none, or another project's. */
export async function namedLock(source: string, signal: AbortSignal): Promise<ReleaseLock> {
  const lock = isPath(source) ? readLock(source) : await releasedLock(source, signal);
  requireProject(lock, ownProject());
  return lock;
}

function isPath(source: string): boolean {
  return /[/\\]|\.json$/.test(source);
}

/** A release comes before a file that is called like its version, as it does where things are compared. */
async function releasedLock(source: string, signal: AbortSignal): Promise<ReleaseLock> {
  const isFile = statSync(source, { throwIfNoEntry: false })?.isFile() === true;
  const version = isFile ? source : requireVersion(source);
  const branch = await StableBranch.open(gitIn(programFolder(), signal));
  if (isFile && (await branch.read(lockPath(version))) === undefined) return readLock(source);
  return parseLock(await lockTextOf(branch, version), `release ${version}`);
}

/** Work with a variable by which the program deploys a lock, whose file is gone afterwards. */
export async function withLock<T>(
  lock: ReleaseLock,
  work: (variables: { DYNENV_LOCK: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "dynenv-lock-"));
  try {
    const path = join(folder, `${lock.version}.lock.json`);
    await writeFile(path, lockText(lock));
    return await work({ DYNENV_LOCK: path });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
