import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
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

async function whyNotWritable(file: string): Promise<string | undefined> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory() === true) return "it is a folder";
  try {
    await access(there === undefined ? await nearestFolder(dirname(file)) : file, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown error";
  }
}

/** The folder itself, or the nearest above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() === false) throw Object.assign(new Error(), { code: "ENOTDIR" });
  if (there !== undefined || dirname(folder) === folder) return folder;
  return nearestFolder(dirname(folder));
}
