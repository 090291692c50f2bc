import type { SecretRef, Service, Volume } from "../components/model/index.ts";

/** How much of a service there is. */
export type Scale = Pick<
  Service,
  "replicas" | "autoscaling" | "requests" | "limits" | "gracePeriodSeconds" | "liveness"
>;

/** Where a service is that an environment has elsewhere. */
export interface External {
  /** Name or address of the machine. */
  host: string;
  /** Default: the service's own. */
  port?: number;
  /** Where its password is, in a Secret of the namespace. Default: none, nobody needs one. */
  password?: SecretRef;
  /** Addresses that the host may have. Default: the host where it is an address, else all. */
  cidr?: string;
}

/** What the settings of one environment say of its services. */
export interface ServiceSettings {
  /** How much of a service there is, by its name, in place of what the program says. */
  scale: Record<string, Scale>;
  /** Volumes of services, by their names. */
  volumes: Record<string, Volume>;
  /** Where the values of secrets are that the cluster has, by the names of variables. */
  secretRefs: Record<string, SecretRef>;
  /** Services that are elsewhere, by their names. */
  external: Record<string, External>;
}

/** Of an environment that has what the program says. */
export const noServiceSettings: ServiceSettings = { scale: {}, volumes: {}, secretRefs: {}, external: {} };
