import { parseBytes } from "../rules/quantities.ts";
import type { Service } from "./service.ts";

/** What a container is scheduled with and may use at most, as a service states it. */
export type StatedResources = Pick<Service, "requests" | "limits">;

/** Room on the node's disk where none is stated: for a log, a cache, or a small database. */
const ephemeralStorage = { requests: "64Mi", limits: "1Gi" };

/** What a container may use, in the names of Kubernetes and with what is not stated. */
export function containerResources({ requests, limits }: StatedResources) {
  const most = limits.ephemeralStorage ?? ephemeralStorage.limits;
  const least = requests.ephemeralStorage ?? smallerOf(ephemeralStorage.requests, most);
  return {
    requests: { cpu: requests.cpu, memory: requests.memory, "ephemeral-storage": least },
    limits: { cpu: limits.cpu, memory: limits.memory, "ephemeral-storage": most },
  };
}

function smallerOf(one: string, other: string): string {
  return parseBytes(one) < parseBytes(other) ? one : other;
}

/** What a Job may use: the readiness Job, a test Job, and the Job that fills a service with data. */
export const jobResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "256Mi" },
};

/** For containers that state nothing, as those of other people's objects. */
export const defaultResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "128Mi" },
};
