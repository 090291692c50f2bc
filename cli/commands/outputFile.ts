import { access, constants, mkdtemp, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";

/**
 * Asked before anything is done: what is written at the end would be told too late that it cannot be.
 * @throws unless a file can be written there; its folder may be missing.
 */
export async function requireWritable(option: string, file: string): Promise<void> {
  const reason = file === "" ? "it has no name" : await whyNotWritable(file);
  if (reason === undefined) return;
  throw new Failure(
    "usage",
    `${option} is ${shown(file)} but must be a file that can be written (${reason}): name another one`,
  );
}

/** The same of a folder that takes several files, which may be missing, too. @throws unless they can be written there. */
export async function requireFolder(option: string, folder: string): Promise<void> {
  const reason = folder === "" ? "it has no name" : await whyNotAFolder(folder);
  if (reason === undefined) return;
  throw new Failure(
    "usage",
    `${option} is ${shown(folder)} but must be a folder that can be written (${reason}): name another one`,
  );
}

async function whyNotAFolder(folder: string): Promise<string | undefined> {
  try {
    await requireRoomIn(await nearestFolder(folder));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown error";
  }
}

async function whyNotWritable(file: string): Promise<string | undefined> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory() === true) return "it is a folder";
  try {
    if (there === undefined) await requireRoomIn(await nearestFolder(dirname(file)));
    else await access(file, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown error";
  }
}

/**
 * Root may write everywhere, but not so in /proc, where Node would try for ever to make a folder within a folder. So one is
 * made, and removed again.
 */
async function requireRoomIn(folder: string): Promise<void> {
  await access(folder, constants.W_OK);
  await rmdir(await mkdtemp(join(folder, ".dynenv-")));
}

/** The folder itself, or the nearest above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() === false) throw Object.assign(new Error(), { code: "ENOTDIR" });
  if (there !== undefined || dirname(folder) === folder) return folder;
  return nearestFolder(dirname(folder));
}
