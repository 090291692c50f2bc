import { createHash } from "node:crypto";
import { glob, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { execa } from "execa";
import { sockShop } from "dynamic-environments/model";
import { Failure } from "./failure.ts";
import { exists } from "./files.ts";
import { cacheFolder, projectRoot } from "./folders.ts";
import { command, during, type Work } from "./work.ts";

/** Where the images of the shop come from in the embedded cluster. */
export interface ShopImages {
  source: "published" | "stand-in";
  /** Registry that they are pulled from. */
  prefix: string;
  /** Digests of stand-ins, by the published `repository:tag`. */
  standIns: Record<string, string>;
  /** Base of the application's image. */
  baseImage: string;
}

/** The embedded cluster's registry and build daemon. */
export interface ImageAccess {
  registry: string;
  username: string;
  password: string;
  dockerHost: string;
  /** Folder that outlives the cluster. */
  folder: string;
  /** Folder that goes with it. */
  run: string;
}

const publicRegistry = "docker.io";
const base = "library/node:24-slim";
const imageSources = join(projectRoot, "local", "images");

/** Brings the shop's images into the cluster's registry: the published ones, or stand-ins where these are out of reach. */
export async function provideImages(access: ImageAccess, work: Work): Promise<ShopImages> {
  await writeLogin(access);
  const common = { prefix: access.registry, baseImage: `${access.registry}/${base}` };
  if (await usePublished()) {
    await copyPublished(access, work);
    return { source: "published", standIns: {}, ...common };
  }
  return { source: "stand-in", standIns: await standIns(access, work), ...common };
}

async function usePublished(): Promise<boolean> {
  const wanted = process.env.DYNENV_IMAGES ?? "";
  if (wanted !== "") {
    if (wanted === "published" || wanted === "stand-in") return wanted === "published";
    throw new Failure("usage", `DYNENV_IMAGES is "${wanted}" but must be published or stand-in, or unset`);
  }
  const probe = ["inspect", "--raw", "--command-timeout", "5s", `docker://${publicRegistry}/${base}`];
  return (await execa("skopeo", probe, { reject: false })).exitCode === 0;
}

async function copyPublished(access: ImageAccess, work: Work): Promise<void> {
  const images = sockShop.map(({ image }) => ({
    from: `${image.repository}@${image.digest}`,
    to: `${image.repository}:${image.tag}`,
  }));
  for (const { from, to } of [{ from: base, to: base }, ...images]) {
    await during(`copying ${publicRegistry}/${from}`, work, () =>
      run("skopeo", access, work, [
        ...["copy", "--preserve-digests", "--dest-tls-verify=false", "--dest-authfile", loginFile(access)],
        ...[`docker://${publicRegistry}/${from}`, `docker://${access.registry}/${to}`],
      ]),
    );
  }
}

/** Builds the stand-ins, unless the registry has those of the same sources already. */
async function standIns(access: ImageAccess, work: Work): Promise<Record<string, string>> {
  const entries = await Array.fromAsync(glob("**/*", { cwd: imageSources, withFileTypes: true }));
  const files = entries.filter((entry) => entry.isFile());
  const sources = files.map((file) => relative(imageSources, join(file.parentPath, file.name)));
  const key = await contentKey(sources);
  const record = join(access.folder, "images", `stand-ins-${key}.json`);
  const known = await readFile(record, "utf8").catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Record<string, string>;
  const root = await rootArchive(work);
  const digests: Record<string, string> = {};
  await during("building stand-ins for the shop's images", work, async () => {
    const baseImage = `${access.registry}/${base}`;
    await run("docker", access, work, ["import", root, baseImage]);
    await run("docker", access, work, ["push", "--quiet", baseImage]);
    for (const { name, image } of sockShop) {
      const published = `${image.repository}:${image.tag}`;
      const reference = `${access.registry}/${published}`;
      await run("docker", access, work, [
        "build",
        "--build-arg",
        `BASE=${baseImage}`,
        "-t",
        reference,
        join(imageSources, name),
      ]);
      await run("docker", access, work, ["push", "--quiet", reference]);
      const format = "{{range .RepoDigests}}{{println .}}{{end}}";
      const pushed = await run("docker", access, work, ["inspect", "--format", format, reference]);
      digests[published] = digestIn(pushed, access.registry, published);
    }
  });
  await writeFile(record, JSON.stringify(digests, null, 2));
  return digests;
}

function digestIn(repoDigests: string, registry: string, image: string): string {
  const digest = repoDigests
    .split("\n")
    .find((line) => line.startsWith(registry))
    ?.split("@")[1];
  if (digest === undefined)
    throw new Failure("unreachable", `the registry ${registry} told no digest of ${image}`);
  return digest;
}

/** Root file system that the stand-ins share, made once from Debian packages. */
async function rootArchive(work: Work): Promise<string> {
  const script = "build-root.sh";
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

/** Hash of the named sources and of the Node that becomes part of the images. */
async function contentKey(sources: string[]): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  for (const source of sources.sort()) hash.update(source).update(await readFile(join(imageSources, source)));
  return hash.digest("hex").slice(0, 12);
}

function loginFile(access: ImageAccess): string {
  return join(access.run, "docker-config", "config.json");
}

async function writeLogin(access: ImageAccess): Promise<void> {
  const auth = Buffer.from(`${access.username}:${access.password}`).toString("base64");
  await mkdir(join(access.run, "docker-config"), { recursive: true, mode: 0o700 });
  await writeFile(loginFile(access), JSON.stringify({ auths: { [access.registry]: { auth } } }), {
    mode: 0o600,
  });
}

async function run(file: string, access: ImageAccess, { signal }: Work, args: string[]): Promise<string> {
  const env = { DOCKER_HOST: access.dockerHost, DOCKER_CONFIG: join(access.run, "docker-config") };
  const explain = (reason: string) =>
    `${file} ${args[0] ?? ""} failed while providing the shop's images: ${reason}`;
  return command(file, args, { env, signal }, explain);
}
