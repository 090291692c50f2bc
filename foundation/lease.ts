import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Notes in `folder` that this process uses what the folder is about. */
export async function takeLease(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, String(process.pid)), "");
}

/** Takes the note back. @returns whether a process that still lives has one. */
export async function endLease(folder: string): Promise<boolean> {
  await rm(join(folder, String(process.pid)), { force: true });
  const others = await readdir(folder).catch(() => []);
  return others.some((pid) => isAlive(Number(pid)));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
