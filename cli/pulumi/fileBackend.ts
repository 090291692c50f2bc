import { copyFile, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { named } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { below } from "../../foundation/below.ts";
import type { PulumiRun } from "./pulumi.ts";
import { pulumiProject } from "./pulumiProject.ts";
import { isGone } from "./stackLock.ts";
import { programFolder } from "./programFolder.ts";

/** Folders of a backend of local files that concern this project. */
interface BackendFolders {
  stacks: string;
  backups: string;
  history: string;
  locks: string;
}

/** Where state is kept. */
export function backendUrl(env: Record<string, string>): string {
  return env.PULUMI_BACKEND_URL ?? process.env.PULUMI_BACKEND_URL ?? "";
}

/** The project's folders in the backend, if it is a folder. Pulumi takes `~`, and paths from the project. */
export function backendFolders(env: Record<string, string>): BackendFolders | undefined {
  const [, path] = /^file:\/\/([^?]*)/.exec(backendUrl(env)) ?? [];
  if (path === undefined) return undefined;
  const folder = join(resolve(programFolder(), decoded(path).replace(/^~(?=\/|$)/, homedir())), ".pulumi");
  const name = pulumiProject();
  return {
    stacks: below(join(folder, "stacks"), name),
    backups: below(join(folder, "backups"), name),
    history: below(join(folder, "history"), name),
    locks: below(join(folder, "locks", "organization"), name),
  };
}

/** Pulumi takes the address for a URL. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * A stack's checkpoint, read without Pulumi, whose CLI takes half a second to start.
 * @returns nothing where only Pulumi can tell: the backend is not a folder, it has no stack of this project yet, or the file
 * is compressed, of another format or, with its attributes, half written.
 */
export async function readCheckpoint(
  stack: string,
  env: Record<string, string>,
): Promise<{ exists: boolean; latest?: unknown } | undefined> {
  const folders = backendFolders(env);
  const files = folders && (await readdir(folders.stacks).catch(() => undefined));
  if (folders === undefined || files === undefined) return undefined;
  const file = `${stack}.json`;
  const path = below(folders.stacks, file);
  const isCompressed = (name: string) => !name.startsWith(`${file}.bak`) && !name.startsWith(`${file}.attrs`);
  if (!files.includes(file)) return beside(stack, files).some(isCompressed) ? undefined : { exists: false };
  // Pulumi reads no file whose attributes it cannot read.
  const attributes = files.includes(`${file}.attrs`) ? [`${path}.attrs`] : [];
  if ((await unreadable(attributes)).length > 0) return undefined;
  const content = await readJson(path);
  if (!isCheckpoint(content)) return undefined;
  const { latest } = content.checkpoint;
  return { exists: true, ...(typeof latest === "object" && latest !== null && { latest }) };
}

interface Checkpoint {
  checkpoint: { latest?: unknown };
}

function isCheckpoint(content: object | undefined): content is Checkpoint {
  return content !== undefined && "version" in content && content.version === 3 && "checkpoint" in content;
}

/** Removes all files of a stack that is no more. */
export async function removeFiles(
  stack: string,
  { stacks, backups, history }: BackendFolders,
): Promise<void> {
  const remains = beside(stack, await filesOf(stacks)).map((file) => below(stacks, file));
  const paths = [...remains, below(backups, stack), below(history, stack)];
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}

/**
 * Puts right what a process leaves that is killed while it writes: attributes and locks that cannot be read go, in the
 * place of such a state comes the one before it. What nobody can read is lost; the cluster's marks are not.
 * @returns whether something was repaired; never while a run lives that may be writing.
 */
export async function repairFiles(stack: string, { env, progress }: PulumiRun): Promise<boolean> {
  const folders = backendFolders(env);
  if (folders === undefined) return false;
  const lockFolder = below(folders.locks, stack);
  const locks = (await filesOf(lockFolder)).map((file) => join(lockFolder, file));
  const owners = await Promise.all(locks.filter((file) => file.endsWith(".json")).map(readJson));
  if ((await Promise.all(owners.map(isOfSomebody))).includes(true)) return false;
  const state = below(folders.stacks, `${stack}.json`);
  const remains = beside(stack, await filesOf(folders.stacks)).map((file) => below(folders.stacks, file));
  // What is compressed is for people to put right: docs/state.md.
  const isPlain = (file: string) => /\.(attrs|json|bak)$/.test(file) && !/\.json\.gz\b/.test(file);
  const half = await unreadable([...locks, ...remains].filter(isPlain));
  await Promise.all(half.map((file) => rm(file, { force: true })));
  const isCompressed = remains.some((file) => file.endsWith(".json.gz"));
  if (isCompressed || (await unreadable([state])).length === 0) return half.length > 0;
  progress(`the state of stack ${stack} was cut off while it was written: the one before it is taken`);
  if (!(await filesOf(folders.stacks)).includes(`${stack}.json.bak`)) await rm(state, { force: true });
  else await copyFile(`${state}.bak`, `${state}.repaired`).then(() => rename(`${state}.repaired`, state));
  return true;
}

/** The files that lie beside the state of this very stack: another one may be called `${stack}.json`. */
function beside(stack: string, files: string[]): string[] {
  const start = `${stack}.json.`;
  return files.filter((file) => file.startsWith(start) && !/(^|\.)json(\.|$)/.test(file.slice(start.length)));
}

async function filesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Files that are cut off, or not there. @throws for one that may not be read: nobody knows what is in it. */
async function unreadable(files: string[]): Promise<string[]> {
  const contents = await Promise.all(files.map(readJson));
  return files.filter((_file, index) => contents[index] === undefined);
}

async function isOfSomebody(lock: object | undefined): Promise<boolean> {
  if (lock === undefined) return false;
  const told = lock as { username?: string; hostname?: string; pid?: number; timestamp?: string };
  const { username: user = "", hostname: host = "", pid = 0, timestamp = "" } = told;
  return !(await isGone({ user, host, pid, since: new Date(timestamp) }));
}

async function readJson(path: string): Promise<object | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as object;
  } catch (error) {
    const { code = "ENOENT" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new Failure("unreachable", `${named(path)} cannot be read (${code}): check its permissions`);
  }
}
