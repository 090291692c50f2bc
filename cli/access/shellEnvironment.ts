import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { shown } from "../../components/model/index.ts";
import { embeddedKubeconfig, type EmbeddedCluster } from "../../local/cluster.ts";
import { embeddedGateway, type EmbeddedGateway } from "../../local/gateway.ts";
import { Failure } from "../../foundation/failure.ts";
import { keptSecret } from "../../foundation/files.ts";
import { cacheFolder, stateFolder } from "../../foundation/folders.ts";
import type { PulumiTools } from "../../local/toolResolver.ts";
import { readVariable } from "../../foundation/variable.ts";
import { clusterFromVariables } from "./clusterVariables.ts";
import { clusterFromKubeconfig } from "./kubeconfigFile.ts";
import { isPrivate, writePrivateKubeconfig, type PrivateKubeconfig } from "./privateKubeconfig.ts";

/** A cluster that is named, not the embedded one. */
export type NamedCluster = PrivateKubeconfig;

/**
 * The cluster that KUBECONFIG names, else `--context`, which is then looked up in ~/.kube/config, whose current context
 * is never used, else KUBE_URL and the variables that go with it. In a shell that has `dynenv env`'s variables,
 * KUBECONFIG names the embedded cluster or a private copy.
 * @throws when what names it is wrong.
 */
export function namedCluster(context: string | undefined): NamedCluster | undefined {
  const kubeconfig = process.env.KUBECONFIG ?? "";
  const isEmbedded = kubeconfig === embeddedKubeconfig();
  if (isEmbedded && (context ?? readVariable("KUBE_CONTEXT")) === undefined) return undefined;
  if (kubeconfig !== "") {
    const wanted = context ?? readVariable("KUBE_CONTEXT");
    const access = clusterFromKubeconfig(kubeconfig, wanted);
    if (isEmbedded) return undefined;
    return isPrivate(kubeconfig) ? { kubeconfig, context: access.alias } : writePrivateKubeconfig(access);
  }
  if (context !== undefined)
    return writePrivateKubeconfig(clusterFromKubeconfig(join(homedir(), ".kube", "config"), context));
  const access = clusterFromVariables(process.env);
  if (access === undefined) return undefined;
  const other = readVariable("KUBE_CONTEXT");
  if (other !== undefined)
    throw new Failure(
      "usage",
      `KUBE_CONTEXT is ${shown(other)}, a context of a kubeconfig, but KUBE_URL names the cluster: unset one of the two`,
    );
  return writePrivateKubeconfig(access);
}

/** Variables with which plain Pulumi works on a cluster. Its home is one of its own, never ~/.pulumi. */
export async function shellEnvironment(
  tools: PulumiTools,
  cluster: NamedCluster | EmbeddedCluster | undefined,
): Promise<Record<string, string>> {
  const embedded = cluster !== undefined && "registry" in cluster ? cluster : undefined;
  const named = cluster !== undefined && "context" in cluster ? cluster : undefined;
  await keepNoLogs();
  const folders = [dirname(process.execPath), ...tools.folders, ...(embedded?.tools ?? [])];
  return {
    PATH: [...folders, ...pathWithout(folders)].join(":"),
    ...pulumiEnvironment(tools),
    ...(embedded === undefined ? await ownState() : await embeddedEnvironment(embedded)),
    ...(named && { KUBECONFIG: named.kubeconfig, KUBE_CONTEXT: named.context }),
  };
}

/** What concerns the Pulumi CLI itself, wherever its state and its cluster are. */
export function pulumiEnvironment(tools: Pick<PulumiTools, "way">): Record<string, string> {
  return {
    PULUMI_HOME: pulumiHome(),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // What waits keeps its slot: of the eight that two cores give, services that start slowly leave none to the others.
    PULUMI_PARALLEL: process.env.PULUMI_PARALLEL ?? "64",
    // Node keeps the compiled program, which halves its time to start.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), "node"),
    ...(tools.way === "modules" && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}

function pulumiHome(): string {
  return join(cacheFolder(), "pulumi-home");
}

/**
 * Leaves Pulumi's home no place for a folder of logs. Each of its commands would leave one there that tells all it did,
 * up to 500 MB of them, and spend up to a quarter of its time on it. There is no setting for it; where the folder cannot
 * be made, Pulumi goes on without.
 */
async function keepNoLogs(): Promise<void> {
  const logs = join(pulumiHome(), "logs");
  const there = await stat(logs).catch(() => undefined);
  if (there?.isFile() === true) return;
  await rm(logs, { recursive: true, force: true });
  await mkdir(pulumiHome(), { recursive: true, mode: 0o700 });
  await writeFile(logs, "");
}

/** The embedded cluster with its registry, and what the caller did not name otherwise. */
async function embeddedEnvironment(cluster: EmbeddedCluster): Promise<Record<string, string>> {
  const { prefix } = cluster.images;
  const hasOwnImages = (readVariable("DYNENV_IMAGE_PREFIX") ?? prefix) === prefix;
  return {
    ...(await embeddedState(cluster)),
    KUBECONFIG: cluster.kubeconfig,
    KUBE_CONTEXT: "",
    NO_PROXY: withHost(process.env.NO_PROXY, cluster.registry),
    no_proxy: withHost(process.env.no_proxy, cluster.registry),
    ...registryVariables(cluster),
    ...unlessGiven({
      CI_REGISTRY_IMAGE: `${cluster.registry}/dynenv`,
      DYNENV_PUBLIC_REGISTRY: cluster.publicRegistry,
      DYNENV_BASE_IMAGE: cluster.images.baseImage,
      DYNENV_IMAGE_PREFIX: cluster.images.prefix,
      ...(cluster.gateway && gatewayVariables(cluster.gateway)),
      DYNENV_STAND_INS: JSON.stringify(hasOwnImages ? cluster.images.standIns : {}),
    }),
  };
}

/** The registry that the cluster's node trusts, and the daemon that trusts it. */
function registryVariables(cluster: EmbeddedCluster): Record<string, string> {
  return {
    DOCKER_HOST: cluster.dockerHost,
    CI_REGISTRY: cluster.registry,
    CI_REGISTRY_USER: cluster.username,
    CI_REGISTRY_PASSWORD: cluster.password,
    ...(cluster.pull && {
      DYNENV_PULL_USER: cluster.pull.username,
      DYNENV_PULL_PASSWORD: cluster.pull.password,
    }),
  };
}

/** Without TLS, since no browser knows the authority of its certificate. */
function gatewayVariables({ domain }: EmbeddedGateway): Record<string, string> {
  return {
    DYNENV_DOMAIN: domain,
    DYNENV_TLS: "false",
    DYNENV_GATEWAY: embeddedGateway.name,
    DYNENV_GATEWAY_PODS: JSON.stringify(embeddedGateway.pods),
    DYNENV_GATEWAY_ADDRESS: JSON.stringify(embeddedGateway.inside),
  };
}

/** State that lives and ends with the cluster, unless the caller names a place for it. */
async function embeddedState(cluster: EmbeddedCluster): Promise<Record<string, string>> {
  const { PULUMI_BACKEND_URL: backend = "" } = process.env;
  const own = `file://${cluster.backend}`;
  // A passphrase that goes with the cluster would leave a state behind that nobody can read.
  if (backend !== "" && backend !== own) return { PULUMI_BACKEND_URL: backend, ...(await ownState()) };
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  const isNamed = (PULUMI_CONFIG_PASSPHRASE ?? PULUMI_CONFIG_PASSPHRASE_FILE) !== undefined;
  return {
    PULUMI_BACKEND_URL: own,
    ...(!isNamed && { PULUMI_CONFIG_PASSPHRASE_FILE: cluster.passphraseFile }),
  };
}

/** What the caller's variables say, in place of these where they say something. */
function unlessGiven(defaults: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, readVariable(name) ?? value]),
  );
}

/**
 * The embedded cluster pulls from its own registry alone, which its own daemon alone pushes to.
 * @throws when the caller names others, or another cluster's context, for what is to be deployed there.
 */
export function requireNoOther(cluster: NamedCluster | EmbeddedCluster | undefined): void {
  if (cluster === undefined || !("registry" in cluster)) return;
  const others = Object.entries(registryVariables(cluster))
    .filter(([name, own]) => (readVariable(name) ?? own) !== own)
    .map(([name]) => name);
  if (readVariable("CI_REGISTRY_IMAGE")?.startsWith(`${cluster.registry}/`) === false)
    others.push("CI_REGISTRY_IMAGE");
  if (readVariable("KUBECONFIG") === undefined && readVariable("KUBE_CONTEXT") !== undefined)
    others.push("KUBE_CONTEXT");
  if (others.length === 0) return;
  throw new Failure(
    "usage",
    `no cluster is named, so that the embedded one is used, which has its own registry and Docker daemon, but ${others.join(", ")} name others: unset them, or name a cluster by KUBECONFIG or KUBE_URL`,
  );
}

/** The host of `address`, API server and registry alike, among those that are reached without a proxy. */
function withHost(list = "", address: string): string {
  const host = address.replace(/:\d+$/, "");
  return [...new Set([...list.split(",").filter(Boolean), host])].join(",");
}

/** Backend and passphrase where the caller names none: a folder and a file of this user's. */
async function ownState(): Promise<Record<string, string>> {
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  const backend = join(stateFolder(), "pulumi");
  const passphrase = join(stateFolder(), "passphrase");
  const isUnset = (PULUMI_BACKEND_URL ?? "") === "";
  if (isUnset) await mkdir(backend, { recursive: true, mode: 0o700 });
  const named = PULUMI_CONFIG_PASSPHRASE ?? PULUMI_CONFIG_PASSPHRASE_FILE;
  if (named === undefined) await keptSecret(passphrase, 24);
  return {
    ...(isUnset && { PULUMI_BACKEND_URL: `file://${backend}` }),
    ...(named === undefined && { PULUMI_CONFIG_PASSPHRASE_FILE: passphrase }),
  };
}

/** The caller's PATH without `folders`, and without those that npm puts in front for the programs that it starts. */
function pathWithout(folders: string[]): string[] {
  const path = (process.env.PATH ?? "").split(":");
  return path.filter(
    (folder) => !folders.includes(folder) && !/\/node_modules\/(\.bin|.*node-gyp-bin)$/.test(folder),
  );
}
