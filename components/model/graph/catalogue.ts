import type { Catalogue, CatalogueService, Service } from "./service.ts";
import { suggestion } from "../rules/suggestion.ts";
import { shown } from "../rules/shown.ts";

/** A catalogue's service, by its name. @throws when there is none. */
export function serviceOf({ services }: Catalogue, name: string): CatalogueService {
  const service = services.find((one) => one.name === name);
  if (service !== undefined) return service;
  const names = services.map((one) => one.name);
  throw new Error(`service ${shown(name)} is not in the catalogue: ${suggestion(name, names)}`);
}

/** A catalogue with more services; one that has the name of a service of the catalogue takes its place. */
export function withServices(catalogue: Catalogue, services: CatalogueService[]): Catalogue {
  const given = services.map(({ name }) => name);
  const kept = catalogue.services.filter(({ name }) => !given.includes(name));
  return { ...catalogue, services: [...kept, ...services] };
}

/** The service under another name, with passwords of that name's own: for two services of one kind. */
export function renamed<S extends Service>(service: S, name: string): S {
  if (service.passwords === undefined) return { ...service, name };
  const passwords = Object.entries(service.passwords).map(([variable, owner]) => [
    variable,
    owner === service.name ? name : owner,
  ]);
  return { ...service, name, passwords: Object.fromEntries(passwords) as Record<string, string> };
}
