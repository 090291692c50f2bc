import { closure } from "./graph.ts";
import type { Catalogue, CatalogueService } from "./service.ts";
import { suggestion } from "./suggestion.ts";

/** What is wanted of a catalogue. */
export interface Wanted {
  /** Names of services. Default: `[]`. */
  services?: string[] | undefined;
  /** Names of functions. Default: `[]`. */
  functions?: string[] | undefined;
}

/** The services that are wanted, by name or by function, and what these use. @throws on an unknown name. */
export function subset(catalogue: Catalogue, { services = [], functions = [] }: Wanted): CatalogueService[] {
  return closure(catalogue.services, [
    ...services,
    ...functions.flatMap((name) => servicesOf(name, catalogue)),
  ]);
}

function servicesOf(name: string, { functions }: Catalogue): string[] {
  const services = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (services !== undefined) return services;
  throw new Error(`function "${name}" is not in the catalogue: ${suggestion(name, Object.keys(functions))}`);
}
