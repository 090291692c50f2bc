import { copyFile, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../local/folders.ts";
import type { PulumiRun } from "./pulumi.ts";
import { isGone } from "./stackLock.ts";

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

/** The project's folders in the backend; nothing where it is no folder. Pulumi takes `~`, and paths from the project. */
export async function backendFolders(env: Record<string, string>): Promise<BackendFolders | undefined> {
  const [, path] = /^file:\/\/([^?]*)/.exec(backendUrl(env)) ?? [];
  if (path === undefined) return undefined;
  const folder = join(resolve(projectRoot, path.replace(/^~(?=\/|$)/, homedir())), ".pulumi");
  const { name } = parse(await readFile(join(projectRoot, "Pulumi.yaml"), "utf8")) as { name: string };
  return {
    stacks: join(folder, "stacks", name),
    backups: join(folder, "backups", name),
    history: join(folder, "history", name),
    locks: join(folder, "locks", "organization", name),
  };
}

/**
 * A stack's checkpoint, read without Pulumi, whose CLI takes half a second to start.
 * @returns nothing where only Pulumi can tell: the backend is no folder, it has no stack of this project yet, or the file
 * is compressed, of another format or, with its attributes, half written.
 */
export async function readCheckpoint(
  stack: string,
  env: Record<string, string>,
): Promise<{ exists: boolean; latest?: unknown } | undefined> {
  const folders = await backendFolders(env);
  const files = folders && (await readdir(folders.stacks).catch(() => undefined));
  if (folders === undefined || files === undefined) return undefined;
  const file = `${stack}.json`;
  const isCompressed = (name: string) => name.startsWith(`${file}.`) && !/\.json\.(bak|attrs)\b/.test(name);
  if (!files.includes(file)) return files.some(isCompressed) ? undefined : { exists: false };
  // Pulumi reads no file whose attributes it cannot read.
  const attributes = files
    .filter((name) => name === `${file}.attrs`)
    .map((name) => join(folders.stacks, name));
  if ((await unreadable(attributes)).length > 0) return undefined;
  const content = await readJson(join(folders.stacks, file));
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
  // The name of one stack may begin with that of another, but not with `.json.` after it.
  const remains = await filesOf(stacks, `${stack}.json.`);
  const paths = [...remains, join(backups, stack), join(history, stack)];
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}

/**
 * Puts right what a process leaves that is killed while it writes: attributes and locks that cannot be read go, in the
 * place of such a state comes the one before it. What nobody can read is lost; the cluster's marks are not.
 * @returns whether something was repaired; never while a run lives that may be writing.
 */
export async function repairFiles(stack: string, { env, progress }: PulumiRun): Promise<boolean> {
  const folders = await backendFolders(env);
  if (folders === undefined) return false;
  const locks = await filesOf(join(folders.locks, stack), "");
  const owners = await Promise.all(locks.filter((file) => file.endsWith(".json")).map(readJson));
  if ((await Promise.all(owners.map(isOfSomebody))).includes(true)) return false;
  const state = join(folders.stacks, `${stack}.json`);
  const others = [...locks, ...(await filesOf(folders.stacks, `${stack}.json.`))];
  const half = await unreadable(others.filter((file) => /\.(attrs|json|bak)$/.test(file)));
  await Promise.all(half.map((file) => rm(file, { force: true })));
  if ((await unreadable([state])).length === 0) return half.length > 0;
  progress(`the state of stack ${stack} was cut off while it was written: the one before it is taken`);
  const before = await filesOf(folders.stacks, `${stack}.json.bak`);
  if (!before.includes(`${state}.bak`)) await rm(state, { force: true });
  else await copyFile(`${state}.bak`, `${state}.repaired`).then(() => rename(`${state}.repaired`, state));
  return true;
}

async function filesOf(folder: string, prefix: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((file) => file.startsWith(prefix)).map((file) => join(folder, file));
}

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
  } catch {
    return undefined;
  }
}
