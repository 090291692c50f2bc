import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../components/index.ts";
import { shown, suggestion } from "../components/model/index.ts";
import type { Definition } from "./definition.ts";
import { fullName, type Settings } from "./settings.ts";

type Scales = Pick<Settings, "scale">;

/** A service with as much of it as the settings say. */
export function scaled<T>(name: string, service: T, { scale }: Scales): T {
  return Object.hasOwn(scale, name) ? { ...service, ...scale[name] } : service;
}

/** The same of all services of a catalogue. */
export function scaledCatalogue(catalogue: Catalogue, settings: Scales): Catalogue {
  const services = catalogue.services.map((service) => scaled(service.name, service, settings));
  return { ...catalogue, services };
}

/** @throws where the settings name a service that there is not. */
export function requireScalable({ services, catalogue }: Definition, { scale }: Scales): void {
  const known = [...Object.keys(services), ...(catalogue?.services ?? []).map(({ name }) => name)];
  const unknown = Object.keys(scale).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new pulumi.RunError(
    `setting ${fullName("scale")} names ${shown(unknown)}, which the program does not have: ${suggestion(unknown, known)}`,
  );
}
