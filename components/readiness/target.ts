import type { Address } from "./connection.ts";

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
  /** Whether a seed waits until it is ready. Default: `false`. */
  isSeeded?: boolean;
}
