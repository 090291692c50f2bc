import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { execa } from "#bundled/execa";
import { ownerSelector } from "../components/model/index.ts";
import { exists, keptSecret, writeWhole } from "../foundation/files.ts";
import { clusterName, commandName, projectRoot, stateFolder } from "../foundation/folders.ts";
import { answers } from "./answers.ts";
import { isProvided, keptBackingImages, provideBackingImages } from "./backingImages.ts";
import { provideImages, provideShopImages, type ShopImages, type WantedImages } from "./images.ts";
import { buildGateway, type EmbeddedGateway, provideGateway } from "./gateway.ts";
import type { ImageAccess } from "./imageAccess.ts";
import { endLease, takeLease } from "../foundation/lease.ts";
import { exclusively } from "../foundation/lock.ts";
import { requirePlainName, requireRoot, requireSpace } from "./clusterNeeds.ts";
import { ensurePackages } from "./packages.ts";
import { clusterToolFolders } from "./toolResolver.ts";
import { command, during, type Work } from "../foundation/work.ts";

/** What a shell needs to use the embedded cluster. */
export interface EmbeddedCluster {
  name: string;
  kubeconfig: string;
  dockerHost: string;
  /** Host and port of the registry: the same for the host, the build daemon and the kubelet. */
  registry: string;
  /** The same images for pulling only, without a login. */
  publicRegistry: string;
  /** Its login that may push. */
  username: string;
  password: string;
  /** Its login that may only pull; absent in a cluster that an earlier version has started. */
  pull?: { username: string; password: string };
  /** Folder with the state of its stacks, which live and end with the cluster. */
  backend: string;
  passphraseFile: string;
  /** Folders with kubectl and the cluster's other programs. */
  tools: string[];
  images: ShopImages;
  /** Absent where no program wanted one. */
  gateway?: EmbeddedGateway;
}

/** What a program needs of the cluster. */
export interface Wanted extends WantedImages {
  /** Whether it has services that are called from outside. */
  gateway: boolean;
}

const username = "ci";
const pullUsername = "puller";
const apiPort = 6443;

function paths() {
  const cluster = join(stateFolder(), "clusters", clusterName());
  const run = join(cluster, "run");
  return {
    cluster,
    run,
    facts: join(run, "cluster.json"),
    /** Says that the cluster is to stay when no run uses it. */
    kept: join(run, "kept"),
    leases: join(run, "leases"),
    passwordFile: join(cluster, "registry-password"),
    passphraseFile: join(cluster, "passphrase"),
    pullPasswordFile: join(cluster, "registry-pull-password"),
  };
}

/** Where the embedded cluster's kubeconfig is while it is up. */
export function embeddedKubeconfig(): string {
  return join(paths().run, "kubeconfig");
}

/** The embedded cluster of this checkout, if it is up. */
export async function embeddedCluster(): Promise<EmbeddedCluster | undefined> {
  const text = await readFile(paths().facts, "utf8").catch(() => undefined);
  const cluster = text === undefined ? undefined : (parsed(text) as EmbeddedCluster | undefined);
  if (cluster === undefined) return undefined;
  const [host, port] = cluster.registry.split(":");
  // The first is this cluster's alone: after a power cut another may have its address.
  const doors = [
    { path: cluster.dockerHost.replace("unix://", "") },
    { host, port: Number(port) },
    { host, port: apiPort },
  ];
  return (await Promise.all(doors.map(answers))).includes(false) ? undefined : cluster;
}

/** What a JSON text holds; `undefined` when it was cut off, as by a power cut. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts the embedded cluster unless it is up; it stays up. @throws without root, or not on Debian or Ubuntu. */
export async function clusterUp(work: Work, wanted = shopAlone): Promise<EmbeddedCluster> {
  return alone(work, async () => {
    const cluster = await runningOrStarted(wanted, work);
    await writeFile(paths().kept, "");
    return cluster;
  });
}

/** The same for the time of one run: `leaveCluster` must follow. */
export async function joinCluster(work: Work, wanted = shopAlone): Promise<EmbeddedCluster> {
  return alone(work, async () => {
    const cluster = await runningOrStarted(wanted, work);
    await takeLease(paths().leases);
    return cluster;
  });
}

/**
 * Brings images of backing services into the cluster that is up, see `provideBackingImages`.
 * @returns the cluster that has them; nothing when none is up.
 */
export async function clusterImages(wanted: string[], work: Work): Promise<EmbeddedCluster | undefined> {
  return alone(work, async () => {
    const cluster = await embeddedCluster();
    return cluster && withWanted(cluster, { shop: false, backing: wanted, gateway: false }, work);
  });
}

/** Brings what is wanted and the cluster has not yet. */
async function withWanted(
  cluster: EmbeddedCluster,
  { shop, backing, gateway }: Wanted,
  work: Work,
): Promise<EmbeddedCluster> {
  const { images } = cluster;
  const missing = backing.filter((name) => !images.backing?.includes(name));
  const lacksShop = shop && !images.shop;
  const lacksGateway = gateway && cluster.gateway === undefined;
  if (missing.length === 0 && !lacksShop && !lacksGateway) return cluster;
  const access = imageAccess(cluster);
  const standIns = {
    ...images.standIns,
    ...(lacksShop && (await provideShopImages(images.source, access, work))),
    ...(await provideBackingImages(missing, images.source, access, work)),
  };
  const having = {
    ...images,
    ...{ shop: shop || images.shop, backing: [...(images.backing ?? []), ...missing], standIns },
  };
  const own = lacksGateway && {
    gateway: await provideGateway(cluster.name, paths().cluster, cluster.tools, work),
  };
  const facts = { ...cluster, images: having, ...own };
  await writeWhole(paths().facts, JSON.stringify(facts, null, 2));
  return facts;
}

/** Ends the run's use of the cluster, and the cluster unless it is to stay or has other runs or environments. */
export async function leaveCluster(work: Work): Promise<void> {
  await alone(work, async () => {
    const inUse = await endLease(paths().leases);
    if (inUse || (await exists(paths().kept)) || !(await exists(paths().run))) return;
    const cluster = await embeddedCluster();
    if (cluster !== undefined && (await hasEnvironments(cluster))) {
      work.progress(`the cluster stays up, since it has environments: ${commandName} cluster down`);
    } else {
      await sandbox("down", [], work);
      work.progress("the cluster is down");
    }
  });
}

/** Ends the embedded cluster with all that runs in it; only its images stay. @returns whether there was one. */
export async function clusterDown(work: Work): Promise<boolean> {
  return alone(work, async () => {
    const remains = await Promise.all([paths().run, `/run/netns/${clusterName()}`].map(exists));
    if (!remains.includes(true)) return false;
    requireRoot();
    await sandbox("down", [], work);
    return true;
  });
}

function alone<T>(work: Work, run: () => Promise<T>): Promise<T> {
  return exclusively(`cluster/${clusterName()}`, "another process starts or ends the cluster", work, run);
}

/** What this repository's own program has. */
const shopAlone: Wanted = { shop: true, backing: [], gateway: true };

async function runningOrStarted(wanted: Wanted, work: Work): Promise<EmbeddedCluster> {
  const cluster = (await embeddedCluster()) ?? (await start(wanted, work));
  // What has no stand-in is told when the environment lacks it: a program may name it and not use it.
  const backing = wanted.backing.filter((name) => isProvided(name, cluster.images.source));
  return withWanted(cluster, { ...wanted, backing }, work);
}

async function start(wanted: Wanted, work: Work): Promise<EmbeddedCluster> {
  requireRoot();
  await ensurePackages(work);
  const tools = await clusterToolFolders(work);
  if (wanted.gateway) await buildGateway(work);
  const name = clusterName();
  const { cluster, run, facts, passphraseFile } = paths();
  requirePlainName(cluster);
  await requireSpace(cluster);
  const { password, pullPassword } = await registryPasswords();
  const over = new AbortController();
  const signal = AbortSignal.any([work.signal, over.signal]);
  const gatewayStarts = wanted.gateway
    ? provideGateway(name, cluster, tools, { ...work, signal })
    : undefined;
  // Where it fails first, that is told below.
  gatewayStarts?.catch(() => undefined);
  try {
    await during(`starting the cluster ${name}`, work, () => sandbox("up", tools, work));
    const [registry, publicRegistry] = await Promise.all([
      addressIn(join(run, "registry")),
      addressIn(join(run, "public-registry")),
    ]);
    const dockerHost = `unix:///run/${name}/docker.sock`;
    const registryAccess = imageAccess({ registry, username, password, dockerHost });
    const [images, gateway] = await Promise.all([
      provideImages(registryAccess, wanted.shop, work),
      gatewayStarts,
    ]);
    const kept = images.source === "stand-in" ? await keptBackingImages(cluster) : {};
    const up: EmbeddedCluster = {
      ...{ name, registry, publicRegistry, username, password, dockerHost, tools },
      pull: { username: pullUsername, password: pullPassword },
      kubeconfig: embeddedKubeconfig(),
      backend: join(run, "pulumi"),
      passphraseFile,
      images: { ...images, standIns: { ...images.standIns, ...kept } },
      ...(gateway && { gateway }),
    };
    // It outlives the cluster, as the files of stacks do whose secrets it opens.
    await keptSecret(passphraseFile, 24);
    await writeWhole(facts, JSON.stringify(up, null, 2));
    return up;
  } catch (error) {
    over.abort();
    await gatewayStarts?.catch(() => undefined);
    await sandbox("down", tools, { ...work, signal: new AbortController().signal });
    throw error;
  }
}

function imageAccess(
  access: Pick<EmbeddedCluster, "registry" | "username" | "password" | "dockerHost">,
): ImageAccess {
  const { registry, username, password, dockerHost } = access;
  const { cluster, run } = paths();
  return { registry, username, password, dockerHost, folder: cluster, run };
}

async function addressIn(file: string): Promise<string> {
  return (await readFile(file, "utf8")).trim();
}

/** Whether there are environments that were not removed: its backend has stacks, or, of other backends, it has namespaces. */
export async function hasEnvironments({ backend, kubeconfig, tools }: EmbeddedCluster): Promise<boolean> {
  const stacks = await readdir(join(backend, ".pulumi", "stacks"), { recursive: true }).catch(() => []);
  if (stacks.some((file) => /\.json(\.gz)?$/.test(file))) return true;
  const args = ["get", "namespaces", "--selector", ownerSelector, "--output=name", "--request-timeout=10s"];
  const ownWay = { NO_PROXY: "*", no_proxy: "*" };
  const env = { KUBECONFIG: kubeconfig, PATH: [...tools, process.env.PATH].join(":"), ...ownWay };
  const { exitCode, stdout } = await execa("kubectl", args, { env, reject: false });
  // Where it does not say, nothing is taken down.
  return exitCode !== 0 || stdout !== "";
}

async function sandbox(action: "up" | "down", tools: string[], { signal }: Work): Promise<void> {
  const args = [action, clusterName(), paths().cluster, tools.join(":")];
  await command(join(projectRoot, "local", "sandbox.sh"), args, { signal }, (reason) =>
    /not permitted|permission denied/i.test(reason)
      ? `the embedded cluster may not make its sandbox (${reason}): start the container that this runs in with --privileged, or set KUBECONFIG to use a cluster of yours`
      : reason,
  );
}

/** The registry's passwords outlive the cluster, as the registry's content does. */
async function registryPasswords(): Promise<{ password: string; pullPassword: string }> {
  const { cluster, passwordFile, pullPasswordFile } = paths();
  const password = await keptSecret(passwordFile, 16);
  const pullPassword = await keptSecret(pullPasswordFile, 16);
  const push = `${username}:${hashSync(password, 4)}\n`;
  const pull = `${pullUsername}:${hashSync(pullPassword, 4)}\n`;
  await writeFile(join(cluster, "htpasswd-push"), push, { mode: 0o600 });
  await writeFile(join(cluster, "htpasswd-pull"), push + pull, { mode: 0o600 });
  return { password, pullPassword };
}
