import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../components/index.ts";
import {
  addressVariable,
  EnvironmentKind,
  passwordVariable,
  type Port,
  type SecretRef,
  type Service,
  shown,
  suggestion,
} from "../components/model/index.ts";
import type { Definition } from "./definition.ts";
import type { External } from "./serviceSettings.ts";
import { fullName, type Settings } from "./settings.ts";

type Using = Pick<Service, "uses" | "optionalUses" | "environment" | "passwords" | "secretRefs" | "egress">;

/** A service that is somewhere else than in the environment, as its users need to know it. */
interface Away {
  service: Service;
  at: External;
}

/**
 * A definition without the services that an environment has elsewhere, whose users find them there: their addresses and what
 * they give stand in variables, their passwords in a Secret of the cluster, and their users may call them.
 * @throws for a service that there is not, the application itself, a preview, and a password that nobody tells.
 */
export function withExternal(
  definition: Definition,
  settings: Settings,
): { definition: Definition; settings: Settings } {
  const all = Object.entries(settings.external);
  if (all.length === 0) return { definition, settings };
  const names = all.map(([name]) => name);
  const away = all.map(([name, at]) => ({ service: found(name, definition), at }));
  requireStanding(settings);
  const isHere = (name: string) => !names.includes(name);
  const services = Object.entries(definition.services)
    .filter(([name]) => isHere(name))
    .map(([name, service]) => [name, referring(name, service, away)] as const);
  const images = Object.entries(settings.images).filter(([name]) => isHere(name));
  return {
    definition: {
      ...definition,
      services: Object.fromEntries(services),
      ...(definition.catalogue && { catalogue: referringCatalogue(definition.catalogue, away) }),
    },
    settings: {
      ...settings,
      services: settings.services.filter(isHere),
      images: Object.fromEntries(images),
    },
  };
}

function referringCatalogue({ services, functions }: Catalogue, away: Away[]): Catalogue {
  const isHere = (name: string) => !away.some(({ service }) => service.name === name);
  const needed = Object.entries(functions).map(([name, all]) => [name, all.filter(isHere)] as const);
  return {
    services: services.filter(({ name }) => isHere(name)).map((one) => referring(one.name, one, away)),
    functions: Object.fromEntries(needed),
  };
}

function found(name: string, { services, catalogue, application }: Definition): Service {
  const own = Object.hasOwn(services, name) ? services[name] : undefined;
  const other = catalogue?.services.find((service) => service.name === name);
  const known = [...Object.keys(services), ...(catalogue?.services ?? []).map((service) => service.name)];
  if (name === application)
    throw new pulumi.RunError(
      `setting ${fullName("external")} names ${shown(name)}, which is the application itself: leave it out`,
    );
  if (own !== undefined) return { ...own, name };
  if (other !== undefined) return other;
  throw new pulumi.RunError(
    `setting ${fullName("external")} names ${shown(name)}, which the program does not have: ${suggestion(name, known)}`,
  );
}

function requireStanding({ kind }: Settings): void {
  if (kind === EnvironmentKind.standing) return;
  throw new pulumi.RunError(
    `setting ${fullName("external")} is for environments that stay: a preview would write into what others use; leave it out`,
  );
}

/** A service with what it has to know of those of its uses that are away. */
function referring<T extends Using>(name: string, user: T, away: Away[]): T {
  return away.reduce((one, other) => (usesIt(one, other) ? referringTo(name, one, other) : one), user);
}

function usesIt({ uses = [], optionalUses = [] }: Using, { service: { name } }: Away): boolean {
  return uses.includes(name) || optionalUses.some(({ service }) => service === name);
}

function referringTo<T extends Using>(user: string, own: T, { service, at }: Away): T {
  const { uses = [], optionalUses = [], egress = [], passwords = {} } = own;
  const isOther = ([, owner]: [string, string]) => owner !== service.name;
  const taken = Object.entries(passwords).filter((entry) => !isOther(entry));
  const variables = taken.map(([variable]) => variable);
  const given = givenBy(service, at);
  if (Object.values(service.gives ?? {}).some((text) => text.includes("$(PASSWORD)")))
    variables.push(passwordVariable(service.name));
  const withUse = optionalUses.find((use) => use.service === service.name)?.environment;
  return {
    ...own,
    uses: uses.filter((name) => name !== service.name),
    optionalUses: optionalUses.filter((use) => use.service !== service.name),
    passwords: Object.fromEntries(Object.entries(passwords).filter(isOther)),
    secretRefs: { ...own.secretRefs, ...passwordsIn(user, variables, service.name, at) },
    environment: { ...addresses(service, at), ...given, ...own.environment, ...withUse },
    egress: [...egress, ...ports(service, at).map(({ port }) => ({ cidr: rangeOf(at), port }))],
  };
}

/** Where its ports are: `port` may be another one there, the others are as they are. */
function ports({ port, ports: others = {} }: Service, at: External): { name?: string; port: number }[] {
  const main = at.port ?? port;
  const named = Object.entries<Port>(others).map(([name, other]) => ({ name, port: other.port }));
  return [...(main === undefined ? [] : [{ port: main }]), ...named];
}

function addresses(service: Service, at: External): Record<string, string> {
  const all = ports(service, at).map(({ name, port }) => [
    name === undefined ? addressVariable(service.name) : addressVariable(service.name, name),
    `${at.host}:${String(port)}`,
  ]);
  return Object.fromEntries(all) as Record<string, string>;
}

/** What it gives to its users, where it is. */
function givenBy(service: Service, at: External): Record<string, string> {
  const port = String(at.port ?? service.port ?? "");
  const referents: Record<string, string> = {
    ...{ ADDRESS: `${at.host}:${port}`, HOST: at.host, PORT: port },
    PASSWORD: `$(${passwordVariable(service.name)})`,
  };
  const resolved = (text: string) =>
    text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => referents[name ?? ""] ?? whole);
  return Object.fromEntries(
    Object.entries(service.gives ?? {}).map(([variable, text]) => [variable, resolved(text)]),
  );
}

function passwordsIn(
  user: string,
  variables: string[],
  service: string,
  { password }: External,
): Record<string, SecretRef> {
  if (password !== undefined) return Object.fromEntries(variables.map((name) => [name, password]));
  if (variables.length === 0) return {};
  throw new pulumi.RunError(
    `setting ${fullName("external")} has no password of ${shown(service)}, which ${user} needs in ${variables.join(", ")}: give it as {"secret": NAME, "key": KEY} of a Secret in the namespace`,
  );
}

/** Policies know addresses alone. */
function rangeOf({ host, cidr }: External): string {
  if (cidr !== undefined) return cidr;
  return isIP(host) === 4 ? `${host}/32` : "0.0.0.0/0";
}
