import { BlockList, isIPv6 } from "node:net";
import type { Egress } from "./service.ts";

/**
 * Where clouds answer with credentials of the node: all link-local addresses, those of Alibaba and Azure, and those of
 * Amazon and Google for IPv6. No egress reaches them, whatever it names, nor by way of a translator from IPv6: NAT64 with
 * its usual prefix (RFC 6052), SIIT (RFC 2765) and 6to4 (RFC 3056) hold the IPv4 address; of NAT64's local prefixes
 * (RFC 8215) and Teredo (RFC 4380) nobody knows where, so none of these are reached at all.
 */
const metadata = [
  ...["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32"],
  ...["fe80::/10", "fd00:ec2::/32", "fd20:ce::254/128"],
  ...["64:ff9b::a9fe:0/112", "64:ff9b::6464:64c8/128", "64:ff9b::a83f:8110/128", "64:ff9b:1::/48"],
  ...["::ffff:0:a9fe:0/112", "::ffff:0:6464:64c8/128", "::ffff:0:a83f:8110/128"],
  ...["::a9fe:0/112", "::6464:64c8/128", "::a83f:8110/128"],
  ...["2002:a9fe::/32", "2002:6464:64c8::/48", "2002:a83f:8110::/48", "2001::/32"],
];

/** Where no other machine is: this host, groups of hosts, and what is not in use. */
const nowhere = [...["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"], ...["::/127", "ff00::/8"]];

interface IpBlock {
  cidr: string;
  except?: string[];
}

/** The addresses of an egress, those of metadata services taken out. @throws when no other machine is left. */
export function ipBlock({ cidr }: Egress): IpBlock {
  if (metadata.some((range) => contains(range, cidr)))
    throw new Error(
      `egress to ${cidr} is never permitted: it leads to a cloud's metadata address; name another one, such as 203.0.113.0/24`,
    );
  if (nowhere.some((range) => contains(range, cidr)))
    throw new Error(
      `egress to ${cidr} leads nowhere: it is not an address of another machine; name one, such as 203.0.113.0/24`,
    );
  const except = metadata.filter((range) => contains(cidr, range));
  return except.length === 0 ? { cidr } : { cidr, except };
}

/** Whether the range `outer` holds all of `inner`. */
function contains(outer: string, inner: string): boolean {
  const [network = "", prefix = ""] = outer.split("/");
  const [address = "", innerPrefix = ""] = inner.split("/");
  const family = isIPv6(network) ? "ipv6" : "ipv4";
  if (isIPv6(address) !== isIPv6(network) || Number(innerPrefix) < Number(prefix)) return false;
  const range = new BlockList();
  range.addSubnet(network, Number(prefix), family);
  return range.check(address, family);
}
