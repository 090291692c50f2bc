import type { Service } from "./service.ts";

/** Name that pods of the readiness Job and of the test Job carry in the graph: they may call every service. */
export const testRunner = "test-runner";

/** A permitted connection; `port` is the container's port, which is what network policies see. */
export interface Edge {
  from: string;
  to: string;
  port: number;
}

/**
 * The services that `roots` need, themselves included, dependencies before dependents. The order is the one in
 * which services are registered and in which failures are reported, the root cause first.
 * @throws on a name that no service has, that is no DNS label or not unique, and on a cycle.
 */
export function closure<S extends Service>(services: S[], roots: string[]): S[] {
  const byName = indexByName(services);
  const ordered = new Map<string, S>();
  const path: string[] = [];

  function visit(name: string): void {
    if (ordered.has(name)) return;
    if (path.includes(name)) {
      throw new Error(
        `services use each other in a cycle: ${[...path.slice(path.indexOf(name)), name].join(" -> ")}`,
      );
    }
    const service = byName.get(name);
    if (service === undefined) throw new Error(unknownService(name, path.at(-1), byName));
    path.push(name);
    for (const used of service.uses ?? []) visit(used);
    path.pop();
    ordered.set(name, service);
  }

  for (const root of roots) visit(root);
  return [...ordered.values()];
}

/** Every permitted connection among `services`, and from the test runner to each of them. */
export function edges(services: Service[]): Edge[] {
  const byName = indexByName(services);
  return services.flatMap((service) => [
    ...(service.uses ?? []).map((used) => ({
      from: service.name,
      to: used,
      port: lookUp(byName, used, service.name).containerPort,
    })),
    { from: testRunner, to: service.name, port: service.containerPort },
  ]);
}

/** The services that `service` calls directly. */
export function usedServices(service: Service, services: Service[]): Service[] {
  const byName = indexByName(services);
  return (service.uses ?? []).map((used) => lookUp(byName, used, service.name));
}

/** Address at which callers in the same namespace reach a service: `host:port`. */
export function address(service: Service): string {
  return `${service.name}:${String(service.port)}`;
}

function indexByName<S extends Service>(services: S[]): Map<string, S> {
  const byName = new Map<string, S>();
  for (const service of services) {
    const { name, uses = [] } = service;
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
      throw new Error(`service "${name}" has no valid name: it must be a DNS label, such as catalogue-db`);
    }
    if (name === testRunner)
      throw new Error(`service "${name}" needs another name: this one is the test runner's`);
    if (byName.has(name)) throw new Error(`two services are named "${name}": give one of them another name`);
    const twice = uses.find((used, index) => uses.indexOf(used) < index);
    if (twice !== undefined) throw new Error(`service "${name}" uses ${twice} twice: name it once`);
    byName.set(name, service);
  }
  return byName;
}

function lookUp(byName: Map<string, Service>, name: string, user: string): Service {
  const service = byName.get(name);
  if (service === undefined) throw new Error(unknownService(name, user, byName));
  return service;
}

function unknownService(name: string, user: string | undefined, byName: Map<string, Service>): string {
  const where = user === undefined ? "" : `, which ${user} uses,`;
  return `service "${name}"${where} is not in the graph: known are ${[...byName.keys()].sort().join(", ")}`;
}
