import { randomBytes } from "node:crypto";
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { execa } from "execa";
import { Failure } from "./failure.ts";
import { clusterName, projectRoot, stateFolder } from "./folders.ts";
import { provideImages, type ShopImages } from "./images.ts";
import { exclusively } from "./lock.ts";
import { ensurePackages } from "./packages.ts";
import { during, type Progress } from "./progress.ts";
import { clusterToolFolders } from "./toolResolver.ts";

/** What a shell needs to use the embedded cluster. */
export interface EmbeddedCluster {
  name: string;
  kubeconfig: string;
  dockerHost: string;
  /** Host and port of the registry: the same for the host, the build daemon and the kubelet. */
  registry: string;
  username: string;
  password: string;
  /** Folder with the state of its stacks, which live and end with the cluster. */
  backend: string;
  passphraseFile: string;
  /** Folders with kubectl and the cluster's other programs. */
  tools: string[];
  images: ShopImages;
}

const username = "ci";

function folders() {
  const cluster = join(stateFolder(), "clusters", clusterName());
  const run = join(cluster, "run");
  return { cluster, run, facts: join(run, "cluster.json"), passwordFile: join(cluster, "registry-password") };
}

/** The embedded cluster of this checkout, if it is up. */
export async function embeddedCluster(): Promise<EmbeddedCluster | undefined> {
  const text = await readFile(folders().facts, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const cluster = JSON.parse(text) as EmbeddedCluster;
  return (await answers(cluster.registry)) ? cluster : undefined;
}

/** Starts the embedded cluster unless it is up. @throws without root, on a system other than Debian or Ubuntu. */
export async function clusterUp(progress: Progress): Promise<EmbeddedCluster> {
  const wait = () => {
    progress("another process starts or ends the cluster: waiting for it ...");
  };
  return exclusively(clusterName(), wait, async () => (await embeddedCluster()) ?? start(progress));
}

async function start(progress: Progress): Promise<EmbeddedCluster> {
  requireRoot();
  await ensurePackages(progress);
  const tools = await clusterToolFolders(progress);
  const name = clusterName();
  const { cluster, run, facts } = folders();
  const password = await registryPassword();
  try {
    await during(`starting the cluster ${name}`, progress, () => sandbox("up", tools));
    const registry = (await readFile(join(run, "registry"), "utf8")).trim();
    const dockerHost = `unix://${join(run, "docker.sock")}`;
    const registryAccess = { registry, username, password, dockerHost, folder: cluster, run };
    const up: EmbeddedCluster = {
      ...{ name, registry, username, password, dockerHost, tools },
      kubeconfig: join(run, "kubeconfig"),
      backend: join(run, "pulumi"),
      passphraseFile: join(run, "passphrase"),
      images: await provideImages(registryAccess, progress),
    };
    await mkdir(up.backend);
    await writeFile(up.passphraseFile, randomBytes(24).toString("hex"), { mode: 0o600 });
    await writeFile(facts, JSON.stringify(up, null, 2), { mode: 0o600 });
    return up;
  } catch (error) {
    await sandbox("down", tools);
    throw error;
  }
}

/** Whether its backend has stacks: environments that were not removed. */
export async function hasStacks({ backend }: EmbeddedCluster): Promise<boolean> {
  const stacks = await readdir(join(backend, ".pulumi", "stacks"), { recursive: true }).catch(() => []);
  return stacks.some((file) => file.endsWith(".json"));
}

/** Ends the embedded cluster with all that runs in it; only its images stay. @returns whether there was one. */
export async function clusterDown(): Promise<boolean> {
  const remains = await Promise.all([folders().run, `/run/netns/${clusterName()}`].map(exists));
  if (!remains.includes(true)) return false;
  requireRoot();
  await sandbox("down", []);
  return true;
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Failure(
    "unreachable",
    "no cluster is named and the embedded one needs root: set KUBECONFIG to use a cluster of yours, or run this as root",
  );
}

async function sandbox(action: "up" | "down", tools: string[]): Promise<void> {
  const args = [action, clusterName(), folders().cluster, tools.join(":")];
  // A session of its own: an interrupt of the terminal reaches dynenv, which then takes the cluster down.
  const result = await execa(join(projectRoot, "local", "sandbox.sh"), args, {
    reject: false,
    detached: true,
  });
  if (result.exitCode !== 0) throw new Failure("unreachable", result.stderr.trim().split("\n").at(-1) ?? "");
}

/** The registry's password outlives the cluster, as the registry's content does. */
async function registryPassword(): Promise<string> {
  const { cluster, passwordFile } = folders();
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  const known = await readFile(passwordFile, "utf8").catch(() => undefined);
  const password = known ?? randomBytes(16).toString("hex");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await writeFile(join(cluster, "htpasswd"), `${username}:${hashSync(password, 4)}\n`, { mode: 0o600 });
  return password;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function answers(registry: string): Promise<boolean> {
  return fetch(`http://${registry}/v2/`, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );
}
