import type { PolicySpec } from "../../components/model/objects/networkPolicies.ts";
import { addressOf, holds, rangeOf } from "./addressRange.ts";

type Labels = Record<string, string>;
export interface Pod {
  labels: Labels;
  /** Labels of its namespace. */
  namespace: Labels;
}
export interface Address {
  ip: string;
}
interface Connection {
  policies: PolicySpec[];
  from: Pod | Address;
  to: Pod | Address;
  port: number;
  protocol: string;
}
type Peer = NonNullable<PolicySpec["ingress"]>[number]["from"][number];
interface Rule {
  peers: Peer[];
  ports: { protocol: string; port: number }[];
}

/** The namespace that the policies are in; they select no pod of another. */
const policyNamespace = "env-a";

/**
 * What Kubernetes' documentation says of NetworkPolicies, written down a second time: a connection needs the
 * permission of both of its ends, and an end that no policy selects permits everything.
 */
export function isAllowed({ policies, from, to, port, protocol }: Connection): boolean {
  const leaves = end(policies, from, "Egress", ({ egress = [] }) =>
    egress.map((rule) => ({ peers: rule.to, ports: rule.ports })),
  );
  const enters = end(policies, to, "Ingress", ({ ingress = [] }) =>
    ingress.map((rule) => ({ peers: rule.from, ports: rule.ports })),
  );
  return leaves(to) && enters(from);

  function end(all: PolicySpec[], self: Pod | Address, type: string, rulesOf: (spec: PolicySpec) => Rule[]) {
    const selecting = all.filter((spec) => spec.policyTypes.includes(type) && selects(spec, self));
    const rules = selecting.flatMap(rulesOf);
    return (peer: Pod | Address) =>
      selecting.length === 0 || rules.some((rule) => admits(rule, peer, port, protocol));
  }
}

function selects(spec: PolicySpec, end: Pod | Address): boolean {
  return (
    "labels" in end &&
    end.namespace["kubernetes.io/metadata.name"] === policyNamespace &&
    matches(spec.podSelector.matchLabels, end.labels)
  );
}

/** No peers mean everybody, no ports mean every port. */
function admits({ peers, ports }: Rule, end: Pod | Address, port: number, protocol: string): boolean {
  const peerMatches = peers.length === 0 || peers.some((peer) => isPeer(peer, end));
  const portMatches =
    ports.length === 0 || ports.some((item) => item.port === port && item.protocol === protocol);
  return peerMatches && portMatches;
}

/** A block is for addresses outside of the cluster; a namespace and a pod selector in one peer must both match. */
function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, end: Pod | Address): boolean {
  if (ipBlock !== undefined) return "ip" in end && isWithin(ipBlock, end.ip);
  if (!("labels" in end)) return false;
  const namespaceMatches =
    namespaceSelector === undefined
      ? end.namespace["kubernetes.io/metadata.name"] === policyNamespace
      : matches(namespaceSelector.matchLabels, end.namespace);
  return namespaceMatches && matches(podSelector?.matchLabels, end.labels);
}

function isWithin({ cidr, except = [] }: NonNullable<Peer["ipBlock"]>, ip: string): boolean {
  const inside = (range: string) => holds(rangeOf(range), addressOf(ip));
  return inside(cidr) && !except.some(inside);
}

function matches(selector: Labels = {}, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
