import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Dockerignore } from "./dockerignore.ts";

/**
 * A hash over all that an image is built from: the Dockerfile, and each file of the context that .dockerignore leaves,
 * by path, permissions and content. Times, owners and the order of folders do not count, so that two clones agree.
 */
export async function hashContext(context: string, dockerfile: string): Promise<string> {
  const ignore = new Dockerignore(await readOptional(join(context, ".dockerignore")));
  const total = createHash("sha256");
  // The Dockerfile counts by its content, even where it lies outside the context or is ignored.
  total.update(`Dockerfile\0${await hashFile(dockerfile)}\0`);
  for (const path of (await listFiles(context, "", ignore)).sort()) {
    total.update(`${path}\0${await describe(join(context, path))}\0`);
  }
  return total.digest("hex");
}

async function listFiles(context: string, folder: string, ignore: Dockerignore): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(context, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!ignore.ignoresWholly(path)) files.push(...(await listFiles(context, path, ignore)));
    } else if (!ignore.ignores(path)) files.push(path);
  }
  return files;
}

async function describe(path: string): Promise<string> {
  const stats = await lstat(path);
  return `${(stats.mode & 0o7777).toString(8)}\0${await contentOf(path, stats)}`;
}

async function contentOf(path: string, stats: Stats): Promise<string> {
  if (stats.isSymbolicLink()) return `link ${await readlink(path)}`;
  return stats.isFile() ? hashFile(path) : "special";
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function readOptional(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
