import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../components/index.ts";
import { type SecretRef, type Service, shown, suggestion } from "../components/model/index.ts";
import type { Definition } from "./definition.ts";
import { fullName, type Settings } from "./settings.ts";

type Scales = Pick<Settings, "scale" | "volumes">;
type Scaled = Pick<Service, "replicas" | "autoscaling">;

/** A service with as much of it as the settings say, and with the volume that they give it. */
export function scaled<T extends Scaled>(name: string, service: T, { scale, volumes }: Scales): T {
  const own = Object.hasOwn(scale, name) ? scale[name] : undefined;
  const volume = Object.hasOwn(volumes, name) ? volumes[name] : undefined;
  return { ...withoutCount(service, own), ...own, ...(volume && { volume }) };
}

/** One of the two that say how many pods it has takes the place of the other. */
function withoutCount<T extends Scaled>(service: T, own: Scaled = {}): T {
  if (own.replicas === undefined && own.autoscaling === undefined) return service;
  const { replicas: _replicas, autoscaling: _autoscaling, ...rest } = service;
  return rest as T;
}

/** The same of all services of a catalogue. */
export function scaledCatalogue(catalogue: Catalogue, settings: Scales): Catalogue {
  const services = catalogue.services.map((service) => scaled(service.name, service, settings));
  return { ...catalogue, services };
}

/** @throws where the settings name a service that there is not, or a secret that no service has. */
export function requireScalable(
  { services, catalogue }: Definition,
  { scale, volumes, secretRefs }: Scales & Pick<Settings, "secretRefs">,
): void {
  const known = [...Object.keys(services), ...(catalogue?.services ?? []).map(({ name }) => name)];
  for (const [setting, given] of Object.entries({ scale, volumes })) {
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    throw new pulumi.RunError(
      `setting ${fullName(setting)} names ${shown(unknown)}, which the program does not have: ${suggestion(unknown, known)}`,
    );
  }
  const secrets = Object.values(services).flatMap((service) => service.secrets ?? []);
  const stranger = Object.keys(secretRefs).find((name) => !secrets.includes(name));
  if (stranger === undefined) return;
  throw new pulumi.RunError(
    `setting ${fullName("secretRefs")} names ${shown(stranger)}, which is no secret of a service of the program: ${suggestion(stranger, secrets)}`,
  );
}

/** Those of a service's secrets that the cluster has, and the names of the others, whose values are settings. */
export function referred(
  secrets: string[],
  { secretRefs }: Pick<Settings, "secretRefs">,
): { refs: Record<string, SecretRef>; values: string[] } {
  const isReferred = (name: string) => Object.hasOwn(secretRefs, name);
  const refs = secrets.flatMap((name) => {
    const ref = isReferred(name) ? secretRefs[name] : undefined;
    return ref === undefined ? [] : [[name, ref] as const];
  });
  return { refs: Object.fromEntries(refs), values: secrets.filter((name) => !isReferred(name)) };
}
