import { BlockList, isIPv6 } from "node:net";
import type { Egress } from "./service.ts";

/**
 * Where clouds answer with credentials of the node: all link-local addresses, those of Alibaba and Azure, and those of
 * Amazon and Google for IPv6. No egress reaches them, whatever it names.
 */
const metadata = [
  "169.254.0.0/16",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
];

interface IpBlock {
  cidr: string;
  except?: string[];
}

/** The addresses of an egress, those of metadata services taken out. @throws when nothing else is left. */
export function ipBlock({ cidr }: Egress): IpBlock {
  if (metadata.some((range) => contains(range, cidr)))
    throw new Error(
      `egress to ${cidr} is never permitted: it is a cloud's metadata address; name another one, such as 203.0.113.0/24`,
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
