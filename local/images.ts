import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { execa } from "#bundled/execa";
import { oneOf, publishedPrefix, type PublishedImage, sockShop } from "../components/model/index.ts";
import { Failure } from "../foundation/failure.ts";
import { exists } from "../foundation/files.ts";
import { cacheFolder, projectRoot } from "../foundation/folders.ts";
import { command, during, type Work } from "../foundation/work.ts";
import { required } from "../foundation/required.ts";
import { usualBase } from "../foundation/usualBase.ts";
import { readVariable } from "../foundation/variable.ts";
import { type ImageAccess, loginFile, run, writeLogin } from "./imageAccess.ts";
import { RegistryCache } from "./registryCache.ts";

/** Which images a program's services have, beside those that it builds. */
export interface WantedImages {
  /** Whether those of Sock Shop are among them. */
  shop: boolean;
  /** Names of backing services. */
  backing: string[];
}

/** Where published images come from in the embedded cluster. */
export interface ShopImages {
  source: "published" | "stand-in";
  /** Whether the shop's are there. */
  shop: boolean;
  /** Names of the backing services whose images are there. Default: `[]`. */
  backing?: string[];
  /** Registry that they are pulled from. */
  prefix: string;
  /** Digests of stand-ins, by the published `repository:tag`. */
  standIns: Record<string, string>;
  /** Base of the application's image. */
  baseImage: string;
}

/** What applications' images are built from, and the stand-ins that share a root file system. */
export const base = `library/${usualBase}`;
/** Makes that root file system; the folder is that of `contentKey`. */
export const rootScript = "build-root.sh";
const imageSources = join(projectRoot, "local", "images");
/** Builds and pushes that run at the same time: a push waits more than it works. */
const atOnce = 3;

type ShopService = (typeof sockShop.services)[number];

/** How an image is built that takes the place of a published one. */
export interface StandIn {
  /** The published `repository:tag`. */
  image: string;
  /** Folder that it is built from: the service's own, or the one that serves for all others. */
  folder: string;
  /** Default: `Dockerfile` in that folder. */
  dockerfile?: string;
  buildArguments: Record<string, string>;
}

/**
 * Brings the base of images that are built into the cluster's registry, and the shop's images where these are wanted: the
 * published ones, or stand-ins where these are out of reach.
 */
export async function provideImages(access: ImageAccess, shop: boolean, work: Work): Promise<ShopImages> {
  await writeLogin(access);
  const source = (await usePublished()) ? "published" : "stand-in";
  const standIns =
    source === "published"
      ? await copyPublished(access, shop, work)
      : await provideStandIns(access, shop ? shopStandIns() : [], work);
  return { source, shop, standIns, prefix: access.registry, baseImage: `${access.registry}/${base}` };
}

/** Brings the shop's images into the registry of a cluster that was started without. */
export async function provideShopImages(
  source: ShopImages["source"],
  access: ImageAccess,
  work: Work,
): Promise<Record<string, string>> {
  if (source === "published") return copyPublished(access, true, work);
  return provideStandIns(access, shopStandIns(), work);
}

function shopStandIns(): StandIn[] {
  return distinctImages().map(standInOf);
}

async function usePublished(): Promise<boolean> {
  const wanted = readVariable("DYNENV_IMAGES");
  if (wanted !== undefined)
    return required("DYNENV_IMAGES", wanted, oneOf(["published", "stand-in"], "unset")) === "published";
  const probe = ["inspect", "--raw", "--command-timeout", "5s", `docker://${publishedPrefix}/${base}`];
  return (await execa("skopeo", probe, { reject: false })).exitCode === 0;
}

async function copyPublished(
  access: ImageAccess,
  shop: boolean,
  work: Work,
): Promise<Record<string, string>> {
  await copyFromRegistry(base, base, access, work);
  for (const { image } of shop ? distinctImages() : []) await copyImage(image, access, work);
  return {};
}

/** Copies a published image into the cluster's registry. */
function copyImage(image: PublishedImage, access: ImageAccess, work: Work): Promise<void> {
  return copyFromRegistry(publishedSource(image), publishedName(image), access, work);
}

/** What of a published image is copied: the one of its digest, where it has one. */
export function publishedSource({ repository, tag, digest }: PublishedImage): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

/**
 * The same by names.
 * @param from with a digest, or with a tag for what that has now.
 */
export async function copyFromRegistry(
  from: string,
  to: string,
  access: ImageAccess,
  work: Work,
): Promise<void> {
  await during(`copying ${publishedPrefix}/${from}`, work, () =>
    run("skopeo", access, work, [
      ...["copy", "--preserve-digests", "--dest-tls-verify=false", "--dest-authfile", loginFile(access)],
      ...[`docker://${publishedPrefix}/${from}`, `docker://${access.registry}/${to}`],
    ]),
  );
}

/** One service for each image: some share theirs. */
function distinctImages(): ShopService[] {
  return [...new Map(sockShop.services.map((service) => [publishedName(service.image), service])).values()];
}

/** Under which an image lies in the cluster's registry, and a stand-in is known. */
export function publishedName({ repository, tag }: PublishedImage): string {
  return `${repository}:${tag}`;
}

/** What stands in for a service's image. */
export function standInOf({
  name,
  image,
  port,
  containerPort = port,
  healthPath = "",
}: ShopService): StandIn {
  const own = join(imageSources, name);
  if (existsSync(own)) return { image: publishedName(image), folder: own, buildArguments: {} };
  return {
    image: publishedName(image),
    folder: join(imageSources, "service"),
    buildArguments: {
      SERVICE: image.repository.replace(/.*\//, ""),
      PORT: String(containerPort),
      HEALTH_PATH: healthPath,
    },
  };
}

/** Builds the stand-ins, unless the registry, or the cache, has those of the same sources already. */
async function provideStandIns(
  access: ImageAccess,
  standIns: StandIn[],
  work: Work,
): Promise<Record<string, string>> {
  const entries = await Array.fromAsync(glob("**/*", { cwd: imageSources, withFileTypes: true }));
  const files = entries.filter((entry) => entry.isFile());
  const sources = files.map((file) => relative(imageSources, join(file.parentPath, file.name)));
  const key = await contentKey(sources, JSON.stringify(standIns));
  const record = join(access.folder, "images", `stand-ins-${key}.json`);
  const known = await readFile(record, "utf8").catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Record<string, string>;
  const baseImage = `${access.registry}/${base}`;
  const cache = new RegistryCache(`stand-ins-${key}`, access.folder);
  let digests = await cache.restore();
  if (digests !== undefined) await run("docker", access, work, ["pull", "--quiet", baseImage]);
  else {
    const isNew = await cache.isStorageEmpty();
    digests = await buildStandIns(standIns, baseImage, access, work);
    // What else is in the registry is nobody else's.
    if (isNew)
      await cache.save(digests).catch((error: unknown) => {
        work.progress(`the stand-ins are not kept for other clusters: ${(error as Error).message}`);
      });
  }
  await writeFile(record, JSON.stringify(digests, null, 2));
  return digests;
}

async function buildStandIns(
  standIns: StandIn[],
  baseImage: string,
  access: ImageAccess,
  work: Work,
): Promise<Record<string, string>> {
  const root = await rootArchive(work);
  const what = standIns.length === 0 ? "the base of images" : "stand-ins for the shop's images";
  return during(`building ${what}`, work, async () => {
    await run("docker", access, work, ["import", root, baseImage]);
    await run("docker", access, work, ["push", "--quiet", baseImage]);
    return buildAll(standIns, baseImage, access, work);
  });
}

/** @returns the digest of each image, by its published name. */
async function buildAll(
  standIns: StandIn[],
  baseImage: string,
  access: ImageAccess,
  work: Work,
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const rest = standIns.values();
  const worker = async () => {
    for (const standIn of rest) digests[standIn.image] = await build(standIn, baseImage, access, work);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return digests;
}

/** Builds and pushes a stand-in. @returns its digest. */
export async function build(
  standIn: StandIn,
  baseImage: string,
  access: ImageAccess,
  work: Work,
): Promise<string> {
  const reference = `${access.registry}/${standIn.image}`;
  const buildArguments = Object.entries({ BASE: baseImage, ...standIn.buildArguments });
  await run("docker", access, work, [
    "build",
    ...buildArguments.flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
    ...(standIn.dockerfile === undefined ? [] : ["--file", standIn.dockerfile]),
    ...["-t", reference, standIn.folder],
  ]);
  await run("docker", access, work, ["push", "--quiet", reference]);
  const format = "{{range .RepoDigests}}{{println .}}{{end}}";
  const pushed = await run("docker", access, work, ["inspect", "--format", format, reference]);
  return digestIn(pushed, access.registry, standIn.image);
}

function digestIn(repoDigests: string, registry: string, image: string): string {
  const digest = repoDigests
    .split("\n")
    .find((line) => line.startsWith(registry))
    ?.split("@")[1];
  if (digest === undefined)
    throw new Failure("unreachable", `the registry ${registry} returned no digest of ${image}`);
  return digest;
}

/** Root file system that the stand-ins share, made once from Debian packages. */
async function rootArchive(work: Work): Promise<string> {
  const script = rootScript;
  const archive = join(cacheFolder(), "images", `root-${await contentKey([script])}.tar`);
  if (await exists(archive)) return archive;
  await mkdir(join(cacheFolder(), "images"), { recursive: true });
  await during("making a root file system from Debian packages", work, () =>
    command(
      join(imageSources, script),
      [archive, process.execPath],
      work,
      (reason) => `the root file system for stand-in images could not be made: ${reason}`,
    ),
  );
  return archive;
}

/** Hash of the named sources, of what is made of them, and of the Node that becomes part of the images. */
export async function contentKey(sources: string[], made = "", folder = imageSources): Promise<string> {
  const hash = createHash("sha256").update(process.version).update(made);
  for (const source of sources.sort()) hash.update(source).update(await readFile(join(folder, source)));
  return hash.digest("hex").slice(0, 12);
}
