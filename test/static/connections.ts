import type { Manifest } from "../../rendering/manifest.ts";
import { isRange, merged } from "./addresses.ts";

/** A connection in the form of netpol-analyzer; `conn` names all of its ports, as in `TCP 53,8443,UDP 53`. */
export interface Connection {
  src: string;
  dst: string;
  conn: string;
}

/** A workload as the analyzer calls it. */
export function peerName({ kind, metadata }: Manifest): string {
  return `${String(metadata.namespace)}/${metadata.name}[${kind}]`;
}

export function tcp(port: number): string {
  return `TCP ${String(port)}`;
}

/** Connections from each source to each destination. */
export function pairs(sources: string[], destinations: string[], conn: string): Connection[] {
  return sources.flatMap((src) => destinations.map((dst) => ({ src, dst, conn })));
}

/**
 * A line for each port, sorted. The analyzer splits addresses wherever a block of any policy begins or ends; here
 * those that a pod reaches at the same port are one range again.
 */
export function lines(connections: Connection[]): string[] {
  const single = connections.flatMap(({ src, dst, conn }) =>
    portsOf(conn).map((port) => ({ src, dst, port })),
  );
  const groups = Map.groupBy(single, ({ src, port }) => JSON.stringify([src, port]));
  return [...groups]
    .flatMap(([key, same]) => {
      const [src, port] = JSON.parse(key) as [string, string];
      const destinations = same.map(({ dst }) => dst);
      const others = destinations.filter((dst) => !isRange(dst));
      return [...others, ...merged(destinations.filter(isRange))].map((dst) => `${src} => ${dst}: ${port}`);
    })
    .sort();
}

/** `TCP 53`, `TCP 8443` and `UDP 53` of `TCP 53,8443,UDP 53`. */
function portsOf(conn: string): string[] {
  let protocol = "";
  return conn.split(",").map((part) => {
    const [, named = protocol, port] = /^(TCP|UDP|SCTP) (.*)$/.exec(part) ?? [];
    protocol = named;
    return port === undefined && protocol === "" ? part : `${protocol} ${port ?? part}`;
  });
}
