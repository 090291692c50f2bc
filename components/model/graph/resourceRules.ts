import { z } from "zod";
import { containerResources, type StatedResources, type UsualResources } from "./containerResources.ts";
import { quantities } from "./demands.ts";
import { parseBytes, parseCpu } from "../rules/quantities.ts";
import { named } from "../rules/shown.ts";
import { writablePath } from "./writablePath.ts";

/** Of what a container requests, and of what it may use at most. */
export const resources = { ...quantities, ephemeralStorage: quantities.ephemeralStorage.optional() };

export const statedResources = z
  .strictObject(resources, 'an object of cpu and memory, such as {"cpu": "100m", "memory": "128Mi"}')
  .optional();

const limited = [
  ["cpu", "cpu", parseCpu],
  ["memory", "memory", parseBytes],
  ["ephemeralStorage", "ephemeral-storage", parseBytes],
] as const;

/**
 * @param where how a sentence names an argument of whoever states these resources.
 * @param usual what holds where it states none. Default: as of a service.
 * @throws when it requests more than its limit, or a folder has more room than the pod.
 */
export function checkResources(
  stated: StatedResources,
  where: (argument: string) => string,
  usual?: UsualResources,
): void {
  const { requests, limits } = containerResources(stated, usual);
  for (const [key, kind, parse] of limited) {
    const [least, most] = [requests[kind], limits[kind]];
    if (parse(least) <= parse(most)) continue;
    throw new Error(
      `${where(`requests.${key}`)} is ${named(least)} but must be at most its limit, such as ${named(most)}`,
    );
  }
  const room = limits["ephemeral-storage"];
  const { writablePaths = [] } = stated;
  const large = writablePaths.find((one) => parseBytes(writablePath(one).size ?? "1") > parseBytes(room));
  if (large !== undefined)
    throw new Error(
      `${where("writablePaths")} names ${named(large)} but limits.ephemeralStorage is ${named(room)}: raise that limit, or make the folder smaller`,
    );
}
