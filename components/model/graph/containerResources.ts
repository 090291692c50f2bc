import { parseBytes, parseCpu } from "../rules/quantities.ts";
import type { Resources } from "./service.ts";
import { roomWith } from "./writablePath.ts";

/** What a container is scheduled with and may use at most, as a service or a suite of tests states it. */
export interface StatedResources {
  requests?: Resources | undefined;
  limits?: Resources | undefined;
  writablePaths?: string[] | undefined;
}

/** The same of one that states both. */
export interface UsualResources {
  requests: Resources;
  limits: Resources;
}

/** What a service may use that states nothing: enough for a small application in any language. */
export const serviceResources = {
  requests: { cpu: "50m", memory: "128Mi" },
  limits: { cpu: "1", memory: "512Mi" },
};

/** Room on the node's disk where none is stated: for a log, a cache, or a small database. */
const ephemeralStorage = { requests: "64Mi", limits: "1Gi" };

/**
 * What a container may use, in the names of Kubernetes and with what is not stated.
 * @param usual what it may use where it states neither. Default: as a service.
 */
export function containerResources(stated: StatedResources, usual: UsualResources = serviceResources) {
  const { requests, limits } = bothOf(stated, usual);
  const most = limits.ephemeralStorage ?? roomFor(stated);
  const least = requests.ephemeralStorage ?? smallerOf(parseBytes, ephemeralStorage.requests, most);
  return {
    requests: { cpu: requests.cpu, memory: requests.memory, "ephemeral-storage": least },
    limits: { cpu: limits.cpu, memory: limits.memory, "ephemeral-storage": most },
  };
}

function roomFor({ writablePaths }: StatedResources): string {
  return roomWith(ephemeralStorage.limits, writablePaths);
}

/** Where one of the two is stated alone, the other one does not contradict it. */
function bothOf(stated: StatedResources, usual: UsualResources): UsualResources {
  const { requests, limits } = stated;
  const { requests: least, limits: most } = usual;
  if (requests !== undefined && limits !== undefined) return { requests, limits };
  if (limits !== undefined) {
    const cpu = smallerOf(parseCpu, least.cpu, limits.cpu);
    return { requests: { cpu, memory: smallerOf(parseBytes, least.memory, limits.memory) }, limits };
  }
  if (requests === undefined) return usual;
  const cpu = largerOf(parseCpu, most.cpu, requests.cpu);
  const memory = largerOf(parseBytes, most.memory, requests.memory);
  const room = largerOf(parseBytes, roomFor(stated), requests.ephemeralStorage);
  return { requests, limits: { cpu, memory, ephemeralStorage: room } };
}

type Parse = (quantity: string) => number;

function smallerOf(parse: Parse, one: string, other: string): string {
  return parse(one) < parse(other) ? one : other;
}

function largerOf(parse: Parse, one: string, other = one): string {
  return parse(other) > parse(one) ? other : one;
}

/** What a Job may use: the readiness Job, a test Job that states nothing, and the Job that fills a service with data. */
export const jobResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "256Mi" },
};

/** For containers that state nothing, as those of other people's objects. */
export const defaultResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "128Mi" },
};
