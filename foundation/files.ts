import { randomBytes } from "node:crypto";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Whether there is something at `path`. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file that is there as a whole or not at all, by default for its owner alone. Its folder is made. */
export async function writeWhole(path: string, text: string, mode = 0o600): Promise<void> {
  const part = `${path}.${String(process.pid)}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(part, text, { mode });
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/** The secret that `path` keeps, made of `bytes` random bytes where it keeps none, as after a power cut. */
export async function keptSecret(path: string, bytes: number): Promise<string> {
  const known = await readFile(path, "utf8").catch(() => "");
  if (known !== "") return known;
  await writeWhole(path, randomBytes(bytes).toString("hex"));
  // Another process may have been faster.
  return readFile(path, "utf8");
}
