import type { Address } from "./connection.ts";

/** The address of a service outside of the cluster, and how it is asked for within. */
export interface RouteTarget {
  /** Host that people call. */
  host: string;
  /** Where the gateway is asked for it. */
  gateway: Address;
  tls: boolean;
  /** Path that is asked for. */
  path: string;
  /** Header by which an answer tells that it came by the route. Default: none does. */
  mark?: { name: string; value: string };
  /** Commit that the path must report. Default: any answer but the gateway's own will do. */
  commit?: string;
}

/** One thing that must answer before an environment counts as ready. */
export interface ReadinessTarget {
  service: string;
  host: string;
  port: number;
  /** HTTP path that must answer 200 with no failed dependency in its body. Default: a TCP connection is enough. */
  healthPath?: string;
  /** HTTP path that must answer `{"commit": <commit>}`. Default: not checked. */
  commitPath?: string;
  commit?: string;
  /** Where its new pods answer, and no others. Default: at `host` and `port`. */
  pods?: Address;
  /** How many pods answer in turn. Default: `1`. */
  replicas?: number;
  /** Its address outside of the cluster, which must answer, too. Default: it has none. */
  route?: RouteTarget;
  /** Whether a seed waits until it is ready. Default: `false`. */
  isSeeded?: boolean;
}
