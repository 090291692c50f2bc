import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { edges } from "../../components/model/graph.ts";
import type { Service } from "../../components/model/service.ts";
import type { Manifest } from "../golden/manifest.ts";
import { podTemplates } from "./podTemplates.ts";

interface Connection {
  src: string;
  dst: string;
  conn: string;
}

const nameLabel = "app.kubernetes.io/name";

/** Every connection from and to pods of the environment, as netpol-analyzer finds it in the manifests. */
export async function permittedConnections(manifests: Manifest[], netpolicy: string): Promise<string[]> {
  const namespace = environmentNamespace(manifests);
  const folder = await mkdtemp(join(tmpdir(), "connectivity-"));
  try {
    const list = { apiVersion: "v1", kind: "List", items: [...manifests, ...bystanders(namespace)] };
    await writeFile(join(folder, "manifests.json"), JSON.stringify(list));
    const { stdout } = await execa(netpolicy, ["list", "--quiet", "--dirpath", folder, "--output", "json"]);
    return (JSON.parse(stdout) as Connection[])
      .filter(({ src, dst }) => [src, dst].some((end) => end.startsWith(`${namespace}/`)))
      .map(({ src, dst, conn }) => `${src} => ${dst}: ${conn}`)
      .sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same, as the service graph wants it: its edges, name look-ups for every pod, and nothing else. */
export function wantedConnections(services: Service[], manifests: Manifest[]): string[] {
  const [stranger, , dns] = bystanders(environmentNamespace(manifests)).map(peerName);
  const workloads = manifests.filter((manifest) => podTemplates(manifest).length > 0);
  const peersOf = (name: string) => {
    const peers = workloads.filter((manifest) => nodeOf(manifest) === name).map(peerName);
    if (peers.length === 0) throw new Error(`${name} is in the graph but no manifest has its pods`);
    return peers;
  };
  const calls = edges(services).flatMap(({ from, to, port }) =>
    peersOf(from).flatMap((src) => peersOf(to).map((dst) => `${src} => ${dst}: TCP ${String(port)}`)),
  );
  const lookUps = [...workloads.map(peerName), String(stranger)].flatMap((src) =>
    [String(dns), "169.254.20.10-169.254.20.10"].map((dst) => `${src} => ${dst}: TCP 53,UDP 53`),
  );
  return [...calls, ...lookUps].sort();
}

/** A pod of the environment that no service owns, one of another environment, and the cluster's DNS. */
function bystanders(namespace: string): Manifest[] {
  return [
    pod("stranger", namespace, {}),
    pod("neighbour", "env-other", { [nameLabel]: "test-runner" }),
    pod("kube-dns", "kube-system", { "k8s-app": "kube-dns" }),
    ...["env-other", "kube-system"].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    })),
  ];
}

function pod(name: string, namespace: string, labels: Record<string, string>): Manifest {
  const spec = { containers: [{ name, image: name }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec };
}

function environmentNamespace(manifests: Manifest[]): string {
  const name = manifests.find(({ kind }) => kind === "Namespace")?.metadata.name;
  if (name === undefined) throw new Error("the manifests have no Namespace");
  return name;
}

function nodeOf(manifest: Manifest): string | undefined {
  return podTemplates(manifest)[0]?.metadata?.labels?.[nameLabel];
}

/** A workload as the analyzer calls it. */
function peerName({ kind, metadata }: Manifest): string {
  return `${String(metadata.namespace)}/${metadata.name}[${kind}]`;
}
