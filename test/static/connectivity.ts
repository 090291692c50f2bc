import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { ipBlock } from "../../components/model/graph/egress.ts";
import { exposedPort, exposedServices } from "../../components/model/graph/exposure.ts";
import { edges, testRunner } from "../../components/model/graph/graph.ts";
import { everything } from "../golden/everything.ts";
import type { Graph } from "../golden/graphs.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { rangesOf } from "./addresses.ts";
import { lines, pairs, peerName, tcp, type Connection } from "./connections.ts";
import { blockText, ipv6Connections, isIPv6, withoutIPv6 } from "./ipv6.ts";
import { podTemplates } from "./podTemplates.ts";

const nameLabel = "app.kubernetes.io/name";
const nodeLocalDns = "169.254.20.10-169.254.20.10";

/** Every connection from and to pods of the environment, as netpol-analyzer finds it in the manifests. */
export async function permittedConnections(manifests: Manifest[], netpolicy: string): Promise<string[]> {
  const namespace = environmentNamespace(manifests);
  const items = [...manifests, ...Object.values(bystanders(namespace)), ...otherNamespaces];
  const folder = await mkdtemp(join(tmpdir(), "connectivity-"));
  try {
    const list = { apiVersion: "v1", kind: "List", items: withoutIPv6(items) };
    await writeFile(join(folder, "manifests.json"), JSON.stringify(list));
    const { stdout } = await execa(netpolicy, ["list", "--quiet", "--dirpath", folder, "--output", "json"]);
    const found = (JSON.parse(stdout) as Connection[]).filter(({ src, dst }) =>
      [src, dst].some((end) => end.startsWith(`${namespace}/`)),
    );
    return lines([...found, ...ipv6Connections(items)]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The same, as the service graph wants it: its edges, what services open to the ingress controller and outside, name
 * look-ups for every pod, and nothing else.
 */
export function wantedConnections({ services, openings }: Graph, manifests: Manifest[]): string[] {
  const { stranger, dns, gateway, webhook } = bystanders(environmentNamespace(manifests));
  const workloads = manifests.filter((manifest) => podTemplates(manifest).length > 0);
  const peersOf = (name: string) => {
    const peers = workloads.filter((manifest) => nodeOf(manifest) === name).map(peerName);
    if (peers.length === 0) throw new Error(`${name} is in the graph but no manifest has its pods`);
    return peers;
  };
  const calls = edges(services).flatMap(({ from, to, port, protocol }) =>
    pairs(peersOf(from), peersOf(to), `${protocol} ${String(port)}`),
  );
  // Without labels, all pods of its namespace are the gateway's.
  const ofGateway = openings.gateway?.pods.labels ? [gateway] : [gateway, webhook];
  const callers = ofGateway.map(peerName);
  const exposed = openings.gateway ? exposedServices(services) : [];
  const fromOutside = exposed.flatMap((service) =>
    pairs(callers, peersOf(service.name), tcp(exposedPort(service)?.containerPort ?? 0)),
  );
  const { podPort } = openings.gateway?.inside ?? {};
  const asked = exposed.length === 0 || podPort === undefined ? [] : [tcp(podPort)];
  const toGateway = asked.flatMap((port) => pairs(peersOf(testRunner), callers, port));
  const toOutside = (openings.egress ? services : []).flatMap(({ name, egress = [] }) =>
    egress.flatMap((destination) => {
      const block = ipBlock(destination);
      const addresses = isIPv6(block) ? [blockText(block)] : rangesOf(block);
      return pairs(peersOf(name), addresses, tcp(destination.port));
    }),
  );
  const everyPod = [...workloads, stranger].map(peerName);
  const lookUps = pairs(everyPod, [peerName(dns), nodeLocalDns], "TCP 53,UDP 53");
  return lines([...calls, ...fromOutside, ...toGateway, ...toOutside, ...lookUps]);
}

/**
 * Pods that the graph does not know: one of the environment that no service owns, one of another environment, the
 * cluster's DNS, its gateway, a pod beside that, and one elsewhere that has its labels.
 */
function bystanders(namespace: string) {
  return {
    stranger: pod("stranger", namespace, {}),
    neighbour: pod("neighbour", "env-other", { [nameLabel]: "test-runner" }),
    dns: pod("kube-dns", "kube-system", { "k8s-app": "kube-dns" }),
    gateway: pod("gateway", pods.namespace, pods.labels),
    webhook: pod("webhook", pods.namespace, {}),
    impostor: pod("impostor", "env-other", pods.labels),
  };
}

/** In every cluster, whether or not an environment names it. */
const { pods } = everything.gateway;

const otherNamespaces = ["env-other", "kube-system", pods.namespace].map((name) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
}));

function pod(name: string, namespace: string, labels: Record<string, string> = {}): Manifest {
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
