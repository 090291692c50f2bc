import type { SecretRef, Service, Volume } from "../components/model/index.ts";

/** How much of a service there is. */
export type Scale = Pick<
  Service,
  "replicas" | "autoscaling" | "requests" | "limits" | "gracePeriodSeconds" | "liveness"
>;

/** What the settings of one environment say of its services. */
export interface ServiceSettings {
  /** How much of a service there is, by its name, in place of what the program says. */
  scale: Record<string, Scale>;
  /** Volumes of services, by their names. */
  volumes: Record<string, Volume>;
  /** Where the values of secrets are that the cluster has, by the names of variables. */
  secretRefs: Record<string, SecretRef>;
}

/** Of an environment that has what the program says. */
export const noServiceSettings: ServiceSettings = { scale: {}, volumes: {}, secretRefs: {} };
