import { BlockList, isIP, SocketAddress } from "node:net";

type Variables = Record<string, string | undefined>;

/**
 * The proxy through which an address is asked, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the same in lower case, say
 * it; read as Go's programs do, Pulumi and kubectl among them.
 * @returns nothing where it is asked directly.
 */
export function proxyFor(address: URL, variables: Variables): string | undefined {
  const name = address.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = proxyAddress(valueOf(name, variables));
  const host = address.hostname.replace(/^\[(.*)\]$/, "$1");
  if (proxy === undefined || host === "localhost" || isLoopback(host)) return undefined;
  const port = address.port === "" ? (address.protocol === "https:" ? "443" : "80") : address.port;
  const exceptions = valueOf("NO_PROXY", variables)
    .split(",")
    .map((entry) => entry.trim().toLowerCase());
  return exceptions.some((entry) => matches(entry, host, port)) ? undefined : proxy;
}

function valueOf(name: string, variables: Variables): string {
  const { [name]: upper = "", [name.toLowerCase()]: lower = "" } = variables;
  return upper === "" ? lower : upper;
}

/** A host and a port alone mean http. */
function proxyAddress(value: string): string | undefined {
  const text = value.trim();
  if (text === "") return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(whole) ? whole : undefined;
}

function isLoopback(host: string): boolean {
  return isIn(host, "127.0.0.0", 8) || isIn(host, "::1", 128);
}

/** Whether an entry of NO_PROXY means a host: `*`, a network, an address or a domain, with a port or without. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [network = "", bits = ""] = entry.split("/");
  if (isIP(network) !== 0 && /^\d+$/.test(bits)) return isIn(host, network, Number(bits));
  const [, name = entry, wanted = ""] =
    /^\[([^\]]*)\]:(.*)$/.exec(entry) ?? /^([^:]*):([^:]*)$/.exec(entry) ?? [];
  if (wanted !== "" && wanted !== port) return false;
  if (isIP(name) !== 0) return isIn(host, name, isIP(name) === 4 ? 32 : 128);
  const domain = name.replace(/^\*(?=\.)/, "");
  if (domain === "" || isIP(host) !== 0) return false;
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isIn(host: string, network: string, bits: number): boolean {
  const family = (address: string) => (isIP(address) === 4 ? "ipv4" : "ipv6");
  // An IPv4 address would be found in ::/0, too.
  if (isIP(host) === 0 || (isIP(host) === 4 && isIP(network) === 6)) return false;
  if (bits > (isIP(network) === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(new SocketAddress({ address: network, family: family(network) }), bits);
  return list.check(host, family(host));
}
