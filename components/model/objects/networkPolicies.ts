import { ipBlock } from "../graph/egress.ts";
import { exposedPort, exposedServices } from "../graph/exposure.ts";
import { edges, testRunner, type Edge } from "../graph/graph.ts";
import type { OpenPort } from "../graph/ports.ts";
import type { Gateway, GatewayPods } from "./gateway.ts";
import { selectorLabels } from "./labels.ts";
import type { Egress, Service } from "../graph/service.ts";

interface Peer {
  podSelector?: { matchLabels: Record<string, string> };
  namespaceSelector?: { matchLabels: Record<string, string> };
  ipBlock?: { cidr: string; except?: string[] };
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

/** What is permitted beside the graph's edges. */
export interface Openings {
  /** May call the services that are `exposed`; it is asked by the readiness Job whether it does. */
  gateway?: Gateway | undefined;
  /** Whether services reach the destinations outside of the namespace that they name. */
  egress: boolean;
}

/** Address of NodeLocal DNSCache, which is not covered by a pod selector. */
const nodeLocalDns = "169.254.20.10/32";

/**
 * The network policies of an environment, by name: nothing is permitted but name look-ups, the graph's edges, each at
 * both of its ends, and what a service itself opens.
 */
export function networkPolicies(services: Service[], openings: Openings): Record<string, PolicySpec> {
  const permitted = edges(services);
  const ofServices = services.map((service) => {
    const { from, to } = opened(service, openings);
    return [`pods-${service.name}`, allow(service.name, permitted, from, to)] as const;
  });
  return {
    "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-dns": allowDns(),
    ...Object.fromEntries(ofServices),
    [`pods-${testRunner}`]: allow(testRunner, permitted, [], toGateway(services, openings)),
  };
}

type Ingress = NonNullable<PolicySpec["ingress"]>;
type EgressRules = NonNullable<PolicySpec["egress"]>;

function allow(name: string, permitted: Edge[], from: Ingress = [], to: EgressRules = []): PolicySpec {
  const incoming = permitted.filter((edge) => edge.to === name);
  const outgoing = permitted.filter((edge) => edge.from === name);
  return {
    podSelector: { matchLabels: selectorLabels(name) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [...incoming.map((edge) => ({ from: [pods(edge.from)], ports: [portOf(edge)] })), ...from],
    egress: [...outgoing.map((edge) => ({ to: [pods(edge.to)], ports: [portOf(edge)] })), ...to],
  };
}

function opened(
  service: Service,
  { gateway, egress: egressIsPermitted }: Openings,
): { from: Ingress; to: EgressRules } {
  const { egress = [] } = service;
  const called = exposedServices([service]).flatMap((one) => exposedPort(one) ?? []);
  // Computed in any case: a destination that is never permitted is an error whoever is trusted.
  const to = egress.map(outside);
  return {
    from: gateway === undefined ? [] : called.map((port) => fromGateway(gateway, port)),
    to: egressIsPermitted ? to : [],
  };
}

function fromGateway({ pods }: Gateway, { containerPort }: OpenPort): Ingress[number] {
  return { from: [gatewayPods(pods)], ports: [tcp(containerPort)] };
}

/** Where the readiness Job asks whether addresses answer. */
function toGateway(services: Service[], { gateway }: Openings): EgressRules {
  if (gateway?.inside === undefined || exposedServices(services).length === 0) return [];
  const { port, podPort = port } = gateway.inside;
  return [{ to: [gatewayPods(gateway.pods)], ports: [tcp(podPort)] }];
}

function outside(destination: Egress): EgressRules[number] {
  return { to: [{ ipBlock: ipBlock(destination) }], ports: [tcp(destination.port)] };
}

function gatewayPods({ namespace, labels = {} }: GatewayPods): Peer {
  return { ...inNamespace(namespace), podSelector: { matchLabels: labels } };
}

function allowDns(): PolicySpec {
  const clusterDns = {
    ...inNamespace("kube-system"),
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

function inNamespace(name: string): Peer {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

function pods(name: string): Peer {
  return { podSelector: { matchLabels: selectorLabels(name) } };
}

function portOf({ protocol, port }: Edge): Port {
  return { protocol, port };
}

function tcp(port: number): Port {
  return { protocol: "TCP", port };
}
