import { edges, testRunner, type Edge } from "./graph.ts";
import { selectorLabels } from "./labels.ts";
import type { Service } from "./service.ts";

interface Peer {
  podSelector?: { matchLabels: Record<string, string> };
  namespaceSelector?: { matchLabels: Record<string, string> };
  ipBlock?: { cidr: string };
}

interface Port {
  protocol: string;
  port: number;
}

/** The part of a NetworkPolicy's spec that environments use. */
export interface PolicySpec {
  podSelector: { matchLabels?: Record<string, string> };
  policyTypes: string[];
  ingress?: { from: Peer[]; ports: Port[] }[];
  egress?: { to: Peer[]; ports: Port[] }[];
}

/** Address of NodeLocal DNSCache, which is not covered by a pod selector. */
const nodeLocalDns = "169.254.20.10/32";

/**
 * The network policies of an environment, by name: nothing is permitted but name look-ups and the graph's edges,
 * each at both of its ends.
 */
export function networkPolicies(services: Service[]): Record<string, PolicySpec> {
  const permitted = edges(services);
  return {
    "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-dns": allowDns(),
    ...Object.fromEntries(
      [...services.map((service) => service.name), testRunner].map((name) => [
        `pods-${name}`,
        allowEdges(name, permitted),
      ]),
    ),
  };
}

function allowEdges(name: string, permitted: Edge[]): PolicySpec {
  const incoming = permitted.filter((edge) => edge.to === name);
  const outgoing = permitted.filter((edge) => edge.from === name);
  return {
    podSelector: { matchLabels: selectorLabels(name) },
    policyTypes: ["Ingress", "Egress"],
    ingress: incoming.map((edge) => ({ from: [pods(edge.from)], ports: [tcp(edge.port)] })),
    egress: outgoing.map((edge) => ({ to: [pods(edge.to)], ports: [tcp(edge.port)] })),
  };
}

function allowDns(): PolicySpec {
  const clusterDns = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [clusterDns, { ipBlock: { cidr: nodeLocalDns } }],
        ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
      },
    ],
  };
}

function pods(name: string): Peer {
  return { podSelector: { matchLabels: selectorLabels(name) } };
}

function tcp(port: number): Port {
  return { protocol: "TCP", port };
}
