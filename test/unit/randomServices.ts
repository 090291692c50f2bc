import fc from "fast-check";
import type { Egress, Seed, Service } from "../../components/model/graph/service.ts";

export function service(name: string, more: Partial<Service> = {}): Service {
  return {
    name,
    port: 80,
    containerPort: 8080,
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { cpu: "500m", memory: "128Mi" },
    ...more,
  };
}

export const namesOf = (services: Service[]): string[] => services.map(({ name }) => name);

/** The longest name that a service may have. */
const longName = `long-${"x".repeat(58)}`;
const names = ["front", "orders", "orders-db", "user", "user-db", "q2", "cart", longName];

/** Few ports, so that services often share one, and the limits of the range. */
const port = fc.constantFrom(1, 80, 443, 1024, 8080, 8081, 65535);
const containerPort = fc.constantFrom(1024, 8080, 8081, 9090, 65535);

const resources = fc
  .record({
    cpu: fc.integer({ min: 1, max: 4000 }),
    moreCpu: fc.nat(4000),
    memory: fc.integer({ min: 1, max: 4000 }),
    moreMemory: fc.nat(4000),
    storage: fc.constantFrom<{ requests?: string; limits?: string }>(
      ...[{}, { limits: "20Mi" }, { requests: "100Mi" }, { requests: "2Gi", limits: "3Gi" }],
    ),
  })
  .map(({ cpu, moreCpu, memory, moreMemory, storage: { requests, limits } }) => ({
    requests: {
      ...{ cpu: `${String(cpu)}m`, memory: `${String(memory)}Mi` },
      ...(requests !== undefined && { ephemeralStorage: requests }),
    },
    limits: {
      ...{ cpu: `${String(cpu + moreCpu)}m`, memory: `${String(memory + moreMemory)}Mi` },
      ...(limits !== undefined && { ephemeralStorage: limits }),
    },
  }));

const text = fc.string({ maxLength: 5 });
const words = fc.array(text, { minLength: 1, maxLength: 3 });
const plain = { noNullPrototype: true };
const environment = fc.dictionary(fc.constantFrom("LOG_LEVEL", "_x", "A1", "DSN"), text, plain);

const egress: fc.Arbitrary<Egress> = fc.record({
  cidr: fc.constantFrom(
    ...["0.0.0.0/0", "10.0.0.0/8", "100.64.0.0/10", "203.0.113.0/24", "203.0.113.7/32"],
    ...["::/0", "2001:db8::/32", "fd00::/8"],
  ),
  port: fc.constantFrom(80, 443, 8080),
});

const seed: fc.Arbitrary<Seed> = fc.record(
  {
    command: words,
    files: fc.dictionary(fc.constantFrom("data.sql", "a-b_c", "1"), text, plain),
  },
  { requiredKeys: ["command"] },
);

/** Whatever a service may say beside its name and whom it calls. */
const features: fc.Arbitrary<Partial<Service>> = fc
  .record(
    {
      healthPath: fc.constantFrom("/", "/health"),
      commitPath: fc.constant("/version"),
      exposed: fc.boolean(),
      egress: fc.array(egress, { maxLength: 3 }),
      command: words,
      args: words,
      environment,
      writablePaths: fc.subarray(["/tmp", "/var/lib/data", "/data/db"]),
      readOnlyRootFilesystem: fc.boolean(),
      user: fc.constantFrom(1, 999, 65_534),
      capabilities: fc.subarray(["NET_BIND_SERVICE"]),
      replicas: fc.integer({ min: 1, max: 4 }),
      seed,
      before: fc.array(words, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  .chain((optional) => resources.map((stated) => ({ ...optional, ...stated })));

/** A service with whatever a service may have, without anybody whom it calls or whose password it takes. */
export const anyService: fc.Arbitrary<Service> = fc
  .record({ name: fc.constantFrom(...names), port, containerPort, more: features })
  .map(({ name, more, ...ports }) => ({ ...service(name), ...ports, ...more }));

function variable(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/** A service that uses some of `usable`, and takes passwords of these or its own. */
export function serviceUsing(name: string, usable: string[]): fc.Arbitrary<Service> {
  return fc.tuple(anyService, fc.subarray(usable)).chain(([drawn, uses]) => {
    const owner = fc.constantFrom(name, ...uses);
    const passwords = fc.dictionary(fc.constantFrom("DB_PASSWORD", "PASSWORD"), owner, plain);
    return fc.option(passwords, { nil: undefined }).map((taken) => ({
      ...{ ...drawn, name, uses },
      ...(taken && { passwords: taken }),
    }));
  });
}

/** It may also take the password of one whose use is optional. */
function withOptionalUses(name: string, usable: string[], possible: string[]): fc.Arbitrary<Service> {
  return serviceUsing(name, usable).chain((drawn) => {
    const others = possible.filter((other) => other !== name && !drawn.uses?.includes(other));
    return fc.tuple(fc.subarray(others), fc.boolean()).map(([optional, takes]) => ({
      ...drawn,
      ...(takes &&
        optional[0] !== undefined && { passwords: { ...drawn.passwords, OPTIONAL_PASSWORD: optional[0] } }),
      optionalUses: optional.map((used, index) =>
        index % 2 === 0
          ? { service: used }
          : { service: used, environment: { [`WITH_${variable(used)}`]: "yes" } },
      ),
    }));
  });
}

/** Some services in any order, whose needed uses have no cycle; optional uses may have one. */
const graphsWith = (possible: (chosen: string[]) => string[]): fc.Arbitrary<Service[]> =>
  fc
    .shuffledSubarray(names, { minLength: 1 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((name, index) => withOptionalUses(name, chosen.slice(0, index), possible(chosen))),
      ),
    )
    .chain((drawn) => fc.shuffledSubarray(drawn, { minLength: drawn.length }));

/** What may be deployed of a catalogue: optional uses are of any other service, also of those that are not there. */
export const graphs = graphsWith(() => names);

/** A whole catalogue: optional uses are of services that it has. */
export const catalogues = graphsWith((chosen) => chosen);

/** Whom a service calls among `all`: whom it needs, and those of the others that are there. */
export function calledBy({ uses = [], optionalUses = [] }: Service, all: Service[]): string[] {
  const there = namesOf(all);
  return [...uses, ...optionalUses.map((use) => use.service).filter((name) => there.includes(name))];
}
