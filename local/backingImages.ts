import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  backingServices,
  listed,
  named,
  type PublishedImage,
  refusal,
  serviceOf,
  tagPattern,
} from "../components/model/index.ts";
import { Failure } from "../foundation/failure.ts";
import { exists, writeWhole } from "../foundation/files.ts";
import { cacheFolder, projectRoot } from "../foundation/folders.ts";
import { command, during, type Work } from "../foundation/work.ts";
import {
  base,
  build,
  contentKey,
  copyFromRegistry,
  publishedName,
  publishedSource,
  rootScript,
  type ShopImages,
} from "./images.ts";
import { type GoTool, mailpit, versitygw } from "./goTools.ts";
import { type ImageAccess, loginFile, run } from "./imageAccess.ts";
import { builtTool, toolKey } from "./toolBuild.ts";

const sources = join(projectRoot, "local", "backing");

/** Services whose own server is built for their stand-in. */
const servers: Record<string, GoTool> = { mailpit, s3: versitygw };

/** Names of the backing services that have a stand-in. */
export const backingStandIns = backingServices.services
  .map(({ name }) => name)
  .filter((name) => existsSync(join(sources, name)));

/**
 * Whether the images of a backing service are brought in from a source. With a tag behind its name only a stand-in is: a
 * published image is pulled from where it is.
 */
export function isProvided(wanted: string, source: ShopImages["source"]): boolean {
  const [name = "", tag] = wanted.split(":");
  return source === "published" ? tag === undefined : backingStandIns.includes(name);
}

/** A stand-in that the cluster's registry has, and what it was made from. */
interface Kept {
  digest: string;
  key: string;
}

/**
 * Brings images of backing services into the cluster's registry: the published ones, or stand-ins, which are built when
 * they are first asked for and kept for all clusters.
 * @param wanted names of backing services; with a tag, such as `postgres:16.4`, to stand in for another version.
 * @returns digests of the stand-ins, by the published `repository:tag`.
 */
export async function provideBackingImages(
  wanted: string[],
  source: ShopImages["source"],
  access: ImageAccess,
  work: Work,
): Promise<Record<string, string>> {
  const images = wanted.map(imageOf);
  if (source === "stand-in") images.forEach(requireStandIn);
  const digests: Record<string, string> = {};
  for (const { name, image, from } of images) {
    if (source === "published") await copyFromRegistry(from, publishedName(image), access, work);
    else digests[publishedName(image)] = await provideStandIn(name, image, access, work);
  }
  return digests;
}

/** Digests of the stand-ins that the registry has from before, as far as they would be made in the same way. */
export async function keptBackingImages(folder: string): Promise<Record<string, string>> {
  const kept = await readKept(folder);
  const keys = await Promise.all(backingStandIns.map(keyOf));
  return Object.fromEntries(
    Object.entries(kept).flatMap(([image, { digest, key }]) => (keys.includes(key) ? [[image, digest]] : [])),
  );
}

/** An image that is asked for. */
interface Wanted {
  name: string;
  image: PublishedImage;
  /** Which of the published ones it is: by the catalogue's digest, else by the tag that was named. */
  from: string;
}

/** @throws when there is no such service, or its tag is wrong. */
function imageOf(wanted: string): Wanted {
  const [name = "", ...rest] = wanted.split(":");
  const tag = rest.length === 0 ? undefined : rest.join(":");
  if (tag !== undefined && !tagPattern.test(tag))
    throw new Failure("usage", refusal(`the tag of ${named(name)}`, tag, "a tag, such as 16.4"));
  try {
    const { image } = serviceOf(backingServices, name);
    return tag === undefined
      ? { name, image, from: publishedSource(image) }
      : { name, image: { ...image, tag }, from: `${image.repository}:${tag}` };
  } catch (error) {
    throw new Failure("usage", (error as Error).message);
  }
}

function requireStandIn({ name, image }: Wanted): void {
  if (!backingStandIns.includes(name))
    throw new Failure(
      "usage",
      `${name} has no stand-in where ${publishedName(image)} is out of reach: only ${listed(backingStandIns)} have one`,
    );
}

async function provideStandIn(
  name: string,
  image: PublishedImage,
  access: ImageAccess,
  work: Work,
): Promise<string> {
  const key = await keyOf(name);
  const published = publishedName(image);
  const kept = (await readKept(access.folder))[published];
  if (kept?.key === key) return kept.digest;
  const cached = join(cacheFolder(), "images", key);
  const digest = (await exists(cached))
    ? await restore(cached, published, access, work)
    : await make(name, published, cached, access, work);
  const all = { ...(await readKept(access.folder)), [published]: { digest, key } };
  await writeWhole(recordIn(access.folder), JSON.stringify(all, null, 2));
  return digest;
}

/** Names what a stand-in is made from: the same key, the same stand-in. */
async function keyOf(name: string): Promise<string> {
  const files = await readdir(join(sources, name));
  const own = [...files.map((file) => join(name, file)), rootScript];
  const server = servers[name];
  const shared = (await contentKey([rootScript])) + (server === undefined ? "" : await toolKey(server));
  return `${name}-${await contentKey(own, shared, sources)}`;
}

async function make(
  name: string,
  image: string,
  cached: string,
  access: ImageAccess,
  work: Work,
): Promise<string> {
  const server = servers[name];
  const built = server && (await builtTool(server, work));
  return during(`building a stand-in for ${image}`, work, async () => {
    const baseImage = await baseOf(name, `${cached}.${String(process.pid)}.tar`, access, work);
    const folder = join(sources, name);
    const from = built === undefined ? { folder } : { folder: built, dockerfile: join(folder, "Dockerfile") };
    const digest = await build({ image, ...from, buildArguments: {} }, baseImage, access, work);
    const [repository] = image.split(":");
    await keep(`docker://${access.registry}/${repository ?? ""}@${digest}`, cached, access, work);
    return digest;
  });
}

/** What a stand-in is built from: a root file system of its own, else the one that has a database anyway. */
async function baseOf(name: string, archive: string, access: ImageAccess, work: Work): Promise<string> {
  if (!existsSync(join(sources, name, "root.sh"))) {
    const shared = `${access.registry}/${base}`;
    await run("docker", access, work, ["pull", "--quiet", shared]);
    return shared;
  }
  try {
    await command(
      join(sources, rootScript),
      [archive, join(sources, name)],
      work,
      (reason) => `the root file system for a stand-in of ${name} could not be made: ${reason}`,
    );
    const root = `${access.registry}/stand-in/root-${name}`;
    await run("docker", access, work, ["import", archive, root]);
    return root;
  } finally {
    await rm(archive, { force: true });
  }
}

/** Keeps an image for other clusters. Of two that keep the same at once, the first does. */
async function keep(image: string, cached: string, access: ImageAccess, work: Work): Promise<void> {
  const unfinished = await mkdtemp(`${cached}.`);
  try {
    const from = ["--src-tls-verify=false", "--src-authfile", loginFile(access)];
    await run("skopeo", access, work, ["copy", ...from, "--preserve-digests", image, `dir:${unfinished}`]);
    await rename(unfinished, cached);
  } catch (error) {
    if (!(await exists(cached)))
      work.progress(`the stand-in is not kept for other clusters: ${(error as Error).message}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function restore(cached: string, image: string, access: ImageAccess, work: Work): Promise<string> {
  const digestFile = join(access.run, `digest-${String(process.pid)}`);
  try {
    await run("skopeo", access, work, [
      ...["copy", "--dest-tls-verify=false", "--dest-authfile", loginFile(access), "--preserve-digests"],
      ...["--digestfile", digestFile, `dir:${cached}`, `docker://${access.registry}/${image}`],
    ]);
    return (await readFile(digestFile, "utf8")).trim();
  } finally {
    await rm(digestFile, { force: true });
  }
}

function recordIn(folder: string): string {
  return join(folder, "images", "backing.json");
}

async function readKept(folder: string): Promise<Record<string, Kept>> {
  const text = await readFile(recordIn(folder), "utf8").catch(() => "{}");
  return JSON.parse(text) as Record<string, Kept>;
}
