import { quantities, text } from "./demands.ts";
import { isWithin } from "./folders.ts";
import type { Service } from "./service.ts";
import { subdomain } from "../rules/labelPatterns.ts";
import { named, shown } from "../rules/shown.ts";
import { writablePath } from "./writablePath.ts";

/** Of what a volume is. */
export const volume = {
  size: quantities.ephemeralStorage,
  storageClass: text(
    new RegExp(`^(?=.{1,253}$)${subdomain}$`),
    "the name of a storage class, such as standard",
  ).optional(),
  path: text(/^/, "one of its writablePaths, such as /var/lib/data").optional(),
};

export const volumeMust = 'an object with a size, such as {"size": "10Gi"}';

/** What programs write there is for one run alone. */
const scratch = ["/tmp", "/var/tmp", "/run", "/var/run", "/var/log", "/var/cache"];

type Kept = Pick<Service, "volume" | "writablePaths">;

/** The folder that is a service's volume; none where it has no volume, or where that could be several. */
export function volumePath({ volume, writablePaths = [] }: Kept): string | undefined {
  if (volume === undefined) return undefined;
  const paths = writablePaths.map((stated) => writablePath(stated).path);
  if (volume.path !== undefined) return paths.find((path) => path === volume.path);
  const lasting = paths.filter((path) => !scratch.some((folder) => isWithin(path, folder)));
  return lasting.length === 1 ? lasting[0] : undefined;
}

/** The arguments of a service's container, which may be others where its data is kept. */
export function argumentsOf({ volume, args, withVolume }: Service): string[] | undefined {
  return volume === undefined ? args : (withVolume?.args ?? args);
}

/** What a service's own variables are, by the same rule. */
export function environmentOf({ volume, environment, withVolume }: Service): Record<string, string> {
  return { ...environment, ...(volume !== undefined && withVolume?.environment) };
}

/** The service as its Jobs know it: the volume is at its own pod, which may be on another node. */
export function withoutVolume<S extends Service>({ volume: _volume, ...service }: S): Omit<S, "volume"> {
  return service;
}

/** @throws when no folder is the volume's, or several pods would write to it. */
export function checkVolume(service: Service): void {
  const { name, volume, writablePaths = [], replicas = 1, autoscaling } = service;
  if (volume === undefined) return;
  const of = `of service ${shown(name)}`;
  const paths = writablePaths.map((stated) => named(writablePath(stated).path)).join(", ");
  if (paths === "")
    throw new Error(`volume ${of} has no folder: name one in its writablePaths, such as ["/var/lib/data"]`);
  if (volumePath(service) === undefined)
    throw new Error(
      volume.path === undefined
        ? `volume ${of} could be each of ${paths}: name one of them as volume.path`
        : `volume.path ${of} is ${shown(volume.path)} but must be one of its writablePaths, such as ${paths}`,
    );
  if (autoscaling !== undefined)
    throw new Error(
      `service ${shown(name)} has a volume, which one pod writes to, and autoscaling: leave one of the two out`,
    );
  if (replicas > 1)
    throw new Error(
      `replicas ${of} is ${String(replicas)}, but it has a volume, which one pod writes to: leave one of the two out`,
    );
}
