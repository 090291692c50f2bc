import { suggestion } from "../rules/suggestion.ts";
import { checkAddresses } from "./portRules.ts";
import { containerPorts, portsOf } from "./ports.ts";
import type { Service } from "./service.ts";
import { checkTaskNames } from "./serviceJobs.ts";
import { checkServices } from "./serviceRules.ts";
import { shown } from "../rules/shown.ts";

/** Name that pods of the readiness Job and of the test Job carry in the graph: they may call every service. */
export const testRunner = "test-runner";

/** What every pod's /etc/hosts has: its callers would reach themselves. */
const hostNames = /^(localhost|ip6-(localhost|loopback|localnet|mcastprefix|allnodes|allrouters))$/;

/** Names that no service may have, and what has them already. */
const owners = new Map([
  [testRunner, "the test runner's"],
  ["readiness", "the readiness Job's"],
  ["test", "the test Job's"],
  ["default", "that of the namespace's own service account"],
  // What is kept by services' names would be taken to have something for it.
  ["constructor", "what all objects of JavaScript have already"],
]);

/** A permitted connection; `port` is the container's port, which is what network policies see. */
export interface Edge {
  from: string;
  to: string;
  port: number;
  protocol: string;
}

/**
 * The services that `roots` need, themselves included, dependencies before dependents; services that are called only
 * where they are deployed come first, too, unless some of them call each other in a circle. The order is the one in which services are registered
 * and in which failures are reported, the root cause first.
 * @throws on a wrong service, a name that no service has or two have, and a cycle.
 */
export function closure<S extends Service>(services: S[], roots: string[]): S[] {
  const byName = indexByName(services);
  const needed = new Set<string>();
  const path: string[] = [];

  function visit(name: string): void {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(" -> ");
      throw new Error(`services use each other in a cycle: ${cycle}: make one of these uses optional`);
    }
    if (needed.has(name)) return;
    const { uses = [] } = lookUp(byName, name, path.at(-1));
    path.push(name);
    uses.forEach(visit);
    path.pop();
    needed.add(name);
  }

  roots.forEach(visit);
  return dependenciesFirst(services.filter(({ name }) => needed.has(name)));
}

/** Every permitted connection among `services`, and from the test runner to each of them. */
export function edges(services: Service[]): Edge[] {
  const byName = indexByName(services);
  return services.flatMap((service) => [
    ...usedBy(service, byName).flatMap((used) => edgesBetween(service.name, used)),
    ...edgesBetween(testRunner, service),
  ]);
}

/** To each port of the container, whichever ports of the Service lead to it. */
function edgesBetween(from: string, to: Service): Edge[] {
  return containerPorts(to).map(({ containerPort, protocol = "TCP" }) => ({
    from,
    to: to.name,
    port: containerPort,
    protocol,
  }));
}

/** @throws when a service is wrong, or uses one that is not among `services`. */
export function checkGraph(services: Service[]): void {
  edges(services);
}

/** @throws when an optional use names a service that there is not, deployed or not: a misspelt one would never be seen. */
export function checkOptionalUses(all: Service[]): void {
  const names = all.map(({ name }) => name);
  for (const { name, optionalUses = [] } of all) {
    const unknown = optionalUses.find(({ service }) => !names.includes(service))?.service;
    if (unknown !== undefined)
      throw new Error(
        `service ${shown(unknown)}, which ${name} may use, is not known: ${suggestion(unknown, names)}`,
      );
  }
}

/** The services that `service` calls directly, those included that it would do without. */
export function usedServices(service: Service, services: Service[]): Service[] {
  return usedBy(service, indexByName(services));
}

/** @throws when a service is wrong in itself, or two have the same name. */
function indexByName<S extends Service>(services: S[]): Map<string, S> {
  checkServices(services);
  checkTaskNames(services);
  const names = services.map((service) => service.name);
  const byName = new Map<string, S>();
  for (const service of services) {
    const { name } = service;
    const owner = hostNames.test(name) ? "every pod's own in /etc/hosts" : owners.get(name);
    if (owner !== undefined)
      throw new Error(`service ${shown(name)} needs another name: this one is ${owner}`);
    if (byName.has(name))
      throw new Error(`two services are named ${shown(name)}: give one of them another name`);
    checkReferences(service, names);
    byName.set(name, service);
  }
  checkAddresses(services);
  return byName;
}

/** @throws when a service names another one twice, or takes the password of one that there is not. */
function checkReferences(service: Service, names: string[]): void {
  const { name, passwords = {} } = service;
  const uses = namesOfUses(service);
  const twice = uses.find((used, index) => uses.indexOf(used) < index);
  if (twice !== undefined) throw new Error(`service ${shown(name)} uses ${twice} twice: name it once`);
  // The password of one whose use is optional goes with it.
  const stranger = Object.values(passwords).find((owner) => ![...names, ...uses].includes(owner));
  if (stranger !== undefined)
    throw new Error(
      `service ${shown(stranger)}, whose password ${name} takes, is not in the graph: ${suggestion(stranger, names)}`,
    );
}

function namesOfUses({ uses = [], optionalUses = [] }: Service): string[] {
  return [...uses, ...optionalUses.map(({ service }) => service)];
}

function usedBy(service: Service, byName: Map<string, Service>): Service[] {
  const { uses = [], optionalUses = [] } = service;
  const needed = uses.map((used) => lookUp(byName, used, service.name));
  const optional = optionalUses.flatMap((use) => byName.get(use.service) ?? []);
  const all = [...needed, ...optional];
  const closed = all.find((used) => portsOf(used).length === 0)?.name;
  if (closed === undefined) return all;
  throw new Error(
    `service ${shown(closed)}, which ${service.name} uses, has no port: give it one, or take it out of what ${service.name} uses`,
  );
}

function dependenciesFirst<S extends Service>(services: S[]): S[] {
  const waiting = new Map(services.map((service) => [service.name, service]));
  const isPlaced = (name: string) => !waiting.has(name);
  const ordered: S[] = [];
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter(({ uses = [] }) => uses.every(isPlaced));
    const next = free.find((service) => namesOfUses(service).every(isPlaced)) ?? free[0];
    if (next === undefined) throw new Error("services use each other in a cycle");
    waiting.delete(next.name);
    ordered.push(next);
  }
  return ordered;
}

function lookUp<S extends Service>(byName: Map<string, S>, name: string, user: string | undefined): S {
  const service = byName.get(name);
  if (service !== undefined) return service;
  const where = user === undefined ? "" : `, which ${user} uses,`;
  throw new Error(
    `service ${shown(name)}${where} is not in the graph: ${suggestion(name, [...byName.keys()])}`,
  );
}
