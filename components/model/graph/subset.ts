import { z } from "zod";
import { checked, type Form } from "../rules/form.ts";
import { closure } from "./graph.ts";
import type { Catalogue, CatalogueService } from "./service.ts";
import { suggestion } from "../rules/suggestion.ts";
import { shown } from "../rules/shown.ts";

/** What is wanted of a catalogue. */
export interface Wanted {
  /** Names of services. Default: `[]`. */
  names?: string[] | undefined;
  /** Names of functions. Default: `[]`. */
  functions?: string[] | undefined;
}

/** The services that are wanted, by name or by function, and what these use. @throws on an unknown name. */
export function subset(catalogue: Catalogue, { names = [], functions = [] }: Wanted): CatalogueService[] {
  const roots = [...names, ...functions.flatMap((name) => servicesOf(name, catalogue))];
  const chosen = closure(catalogue.services, roots);
  // The type demands an image, but programs in other languages can leave it out.
  const imageless = chosen.find(({ image }: Partial<CatalogueService>) => image === undefined);
  if (imageless === undefined) return chosen;
  throw new Error(
    `image of service ${shown(imageless.name)} is missing: give its repository and tag, as Sock Shop's services do`,
  );
}

const catalogueForm: Form = {
  schema: z.looseObject({ services: z.array(z.unknown()), functions: z.looseObject({}) }),
  rule: "an object of services and functions",
  example: "sockShop",
};

/** @throws when it is not a catalogue: programs in other languages can leave out a part of it. */
export function checkCatalogue(argument: string, catalogue: Partial<Catalogue> | undefined): void {
  checked(argument, catalogue, catalogueForm);
}

function servicesOf(name: string, { functions }: Catalogue): string[] {
  const services = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (services !== undefined) return services;
  throw new Error(
    `function ${shown(name)} is not in the catalogue: ${suggestion(name, Object.keys(functions))}`,
  );
}
