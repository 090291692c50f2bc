// netpol-analyzer knows IPv4 alone and takes the first four bytes of an IPv6 network for an IPv4 one: where
// 2001:db8::/32 is permitted it finds 32.1.13.184, and where ::/0 is, every IPv4 address, even those that another block
// leaves out. So blocks of IPv6 are kept from it, and what they open is read from the policies here. Whether a pod is
// isolated at all does not differ between the families, and is seen in IPv4.
import type { PolicySpec } from "../../components/model/objects/networkPolicies.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import type { IpBlock } from "./addresses.ts";
import { pairs, peerName, type Connection } from "./connections.ts";
import { podTemplates } from "./podTemplates.ts";

type Egress = NonNullable<PolicySpec["egress"]>[number];
type Peer = Egress["to"][number];

export function isIPv6({ cidr }: IpBlock): boolean {
  return cidr.includes(":");
}

export function blockText({ cidr, except = [] }: IpBlock): string {
  return [cidr, ...except.map((range) => `except ${range}`)].join(" ");
}

/** The manifests without egress to blocks of IPv6. */
export function withoutIPv6(manifests: Manifest[]): Manifest[] {
  return manifests.map((manifest) => {
    const { egress, ...spec } = specOf(manifest);
    if (egress === undefined) return manifest;
    return { ...manifest, spec: { ...spec, egress: egress.flatMap(ruleWithoutIPv6) } };
  });
}

/** None where no peer is left: a rule without peers opens everything. */
function ruleWithoutIPv6(rule: Egress): Egress[] {
  const to = rule.to.filter((peer) => blocksOf([peer]).length === 0);
  return to.length === 0 && rule.to.length > 0 ? [] : [{ ...rule, to }];
}

/** What egress to blocks of IPv6 opens. */
export function ipv6Connections(manifests: Manifest[]): Connection[] {
  return manifests.flatMap((policy) => {
    const { podSelector, egress = [] } = specOf(policy);
    const pods = manifests.filter(
      (manifest) =>
        manifest.metadata.namespace === policy.metadata.namespace &&
        podTemplates(manifest).some(({ metadata }) => matches(podSelector?.matchLabels, metadata?.labels)),
    );
    return egress.flatMap(({ to, ports }) => {
      const conn = ports.map(({ protocol, port }) => `${protocol} ${String(port)}`).join();
      return pairs(pods.map(peerName), blocksOf(to).map(blockText), conn || "All Connections");
    });
  });
}

function specOf({ kind, spec }: Manifest): Partial<PolicySpec> {
  return kind === "NetworkPolicy" ? (spec as PolicySpec) : {};
}

function blocksOf(peers: Peer[]): IpBlock[] {
  return peers.flatMap(({ ipBlock }) => (ipBlock !== undefined && isIPv6(ipBlock) ? [ipBlock] : []));
}

function matches(selector: Record<string, string> = {}, labels: Record<string, string> = {}): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
