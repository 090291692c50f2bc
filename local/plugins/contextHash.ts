import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Dockerignore } from "../../foundation/dockerignore.ts";

/**
 * A hash over all that an image is built from: the Dockerfile, and each file of the context that .dockerignore leaves,
 * by path, permissions and content. Times, owners and the order of folders do not count, so that two clones agree.
 * Names are bytes: not each is a text in UTF-8.
 */
export async function hashContext(context: string, dockerfile: string): Promise<string> {
  const ignore = await dockerignoreOf(context);
  const total = createHash("sha256");
  // The Dockerfile counts by its content, even where it lies outside the context or is ignored.
  total.update(`Dockerfile\0${await hashFile(dockerfile)}\0`);
  const root = Buffer.from(context);
  for (const path of (await listFiles(root, undefined, ignore)).sort(Buffer.compare.bind(Buffer))) {
    total
      .update(path)
      .update("\0")
      .update(await describe(below(root, path)))
      .update("\0");
  }
  return total.digest("hex");
}

/** @throws when the context's .dockerignore is wrong. */
export async function dockerignoreOf(context: string): Promise<Dockerignore> {
  return new Dockerignore(await readOptional(join(context, ".dockerignore")));
}

async function listFiles(root: Buffer, folder: Buffer | undefined, ignore: Dockerignore): Promise<Buffer[]> {
  const files: Buffer[] = [];
  const opened = folder === undefined ? root : below(root, folder);
  for (const entry of await readdir(opened, { withFileTypes: true, encoding: "buffer" })) {
    const path = folder === undefined ? entry.name : below(folder, entry.name);
    // As Docker does, which sees in each byte that is not UTF-8 one unknown character.
    const text = path.toString("utf8");
    if (entry.isDirectory()) {
      if (!ignore.ignoresWholly(text)) files.push(...(await listFiles(root, path, ignore)));
    } else if (!ignore.ignores(text)) files.push(path);
  }
  return files;
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from("/"), name]);
}

async function describe(path: Buffer): Promise<Buffer> {
  const stats = await lstat(path);
  return Buffer.concat([Buffer.from(`${(stats.mode & 0o7777).toString(8)}\0`), await contentOf(path, stats)]);
}

async function contentOf(path: Buffer, stats: Stats): Promise<Buffer> {
  if (stats.isSymbolicLink())
    return Buffer.concat([Buffer.from("link "), await readlink(path, { encoding: "buffer" })]);
  return Buffer.from(stats.isFile() ? await hashFile(path) : "special");
}

async function hashFile(path: string | Buffer): Promise<string> {
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
