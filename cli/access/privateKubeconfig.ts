import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { Failure } from "../../foundation/failure.ts";
import { stateFolder } from "../../foundation/folders.ts";
import { certificatesIn, type ClusterAccess } from "./clusterVariables.ts";

/** A kubeconfig and the context of it that is used. */
export interface PrivateKubeconfig {
  kubeconfig: string;
  context: string;
}

/**
 * Writes a kubeconfig that only its owner can read, with one cluster and one user. Its current context is named after
 * the cluster, so that a stack's state, which names the context, can never be applied to another one; a name that the
 * context had before stays as a second one.
 */
export function writePrivateKubeconfig(access: ClusterAccess): PrivateKubeconfig {
  const context = contextName(access.cluster);
  // kubectl and Pulumi take some texts of YAML 1.1 for something else unless they are quoted, such as yes.
  const text = stringify(kubeconfigOf(access, context), { version: "1.1" });
  // Named after its content, too: two jobs on one machine with logins of their own never get each other's.
  const kubeconfig = join(privateFolder(), `${context}-${hash(text)}.yaml`);
  const folder = dirname(kubeconfig);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const unfinished = `${kubeconfig}.${String(process.pid)}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  renameSync(unfinished, kubeconfig);
  removeOld(folder);
  return { kubeconfig, context };
}

/** After a week without a command of ours a copy counts as left behind. */
const keptForMs = 7 * 86_400_000;

function removeOld(folder: string): void {
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (mtimeMs < Date.now() - keptForMs) rmSync(path, { force: true });
  }
}

/** Whether a kubeconfig is one of those, as in a shell that has `dynenv env`'s variables; it is then in use. */
export function isPrivate(kubeconfig: string): boolean {
  if (dirname(resolve(kubeconfig)) !== privateFolder()) return false;
  const now = new Date();
  utimesSync(kubeconfig, now, now);
  return true;
}

function privateFolder(): string {
  return join(stateFolder(), "kubeconfigs");
}

function kubeconfigOf({ cluster, user, context = {}, alias }: ClusterAccess, name: string) {
  const aliases = alias === undefined || alias === name ? [] : [alias];
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [name, ...aliases].map((each) => ({
      name: each,
      context: { ...context, cluster: name, user: name },
    })),
  };
}

/** Derives from what a cluster is, not from who uses it or how it is reached: its server and its authority. */
export function contextName(cluster: ClusterAccess["cluster"]): string {
  const server = URL.canParse(cluster.server) ? new URL(cluster.server).href : cluster.server;
  return `cluster-${hash([server, ...authority(cluster)].join("\n"))}`;
}

/** Fingerprints, which are the same however the certificates are written down. */
function authority(cluster: Record<string, unknown>): string[] {
  // In a kubeconfig, null is the same as nothing.
  const text = (key: string) => (typeof cluster[key] === "string" ? cluster[key] : "");
  const data = text("certificate-authority-data");
  const path = text("certificate-authority");
  const pem = data === "" ? contentOf(path) : Buffer.from(data, "base64").toString();
  try {
    return certificatesIn(pem)
      .map(({ fingerprint256 }) => fingerprint256)
      .sort();
  } catch {
    throw new Failure(
      "usage",
      "the kubeconfig's certificate authority is not a PEM certificate: ask who made it",
    );
  }
}

function contentOf(path: string): string {
  if (path === "") return "";
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Failure(
      "usage",
      `the kubeconfig's certificate authority cannot be read: ${(error as Error).message}`,
    );
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
