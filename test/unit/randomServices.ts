import fc from "fast-check";
import type { Egress, Port, Probe, Seed, Service } from "../../components/model/graph/service.ts";

/** A service that says what most do. */
type Usual = Service & Required<Pick<Service, "port" | "containerPort" | "requests" | "limits">>;

export function service(name: string, more: Partial<Service> = {}): Usual {
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

/** Further ports, some with the number of a main port over UDP. */
const ports: fc.Arbitrary<Record<string, Port>> = fc.record(
  {
    metrics: fc.constantFrom<Port>({ port: 9100 }, { port: 90, containerPort: 8080, protocol: "TCP" }),
    dns: fc.constantFrom<Port>(
      { port: 53, containerPort: 5353, protocol: "UDP" },
      { port: 80, containerPort: 8080, protocol: "UDP" },
    ),
    m2: fc.constant<Port>({ port: 7070 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Files beside and within the folders that a random service writes to. */
const files = fc.dictionary(fc.constantFrom("/etc/app.json", "/data/a_b", "/tmp/x"), text, plain);

/** A port over which the kubelet and the readiness Job may ask, if there is one. */
function withHealthPort(given: Partial<Service>): fc.Arbitrary<Partial<Service>> {
  const names = Object.keys(given.ports ?? {}).filter((name) => name !== "dns");
  if (names.length === 0) return fc.constant(given);
  return fc
    .option(fc.constantFrom(...names), { nil: undefined })
    .map((healthPort) => ({ ...given, ...(healthPort !== undefined && { healthPort }) }));
}

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
      ports,
      probe: fc.constantFrom<Probe>({ command: ["true"] }, { grpcPort: 9090 }),
      startsWithinSeconds: fc.constantFrom(1, 60),
      files,
      workingDirectory: fc.constant("/app"),
      gracePeriodSeconds: fc.constantFrom(1, 30),
      writablePaths: fc.subarray(["/tmp", "/var/lib/data", "/data/db:10Mi"]),
      readOnlyRootFilesystem: fc.boolean(),
      user: fc.constantFrom(1, 999, 65_534),
      capabilities: fc.subarray(["NET_BIND_SERVICE"]),
      replicas: fc.integer({ min: 1, max: 4 }),
      seed,
      before: fc.array(words, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  .chain(withHealthPort)
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
    .chain(withWorkers)
    .chain((drawn) => fc.shuffledSubarray(drawn, { minLength: drawn.length }));

/** Some of those that nobody calls take no calls. */
function withWorkers(services: Service[]): fc.Arbitrary<Service[]> {
  const called = services.flatMap(({ uses = [], optionalUses = [] }) => [
    ...uses,
    ...optionalUses.map((use) => use.service),
  ]);
  return fc
    .subarray(namesOf(services).filter((name) => !called.includes(name)))
    .map((workers) => services.map((one) => (workers.includes(one.name) ? worker(one) : one)));
}

/** The same without a port, and without what needs one. */
function worker(service: Service): Service {
  const { port: _port, containerPort: _inside, ports: _ports, healthPort: _asked, ...rest } = service;
  const {
    healthPath: _health,
    commitPath: _commit,
    exposed: _exposed,
    startsWithinSeconds: _s,
    ...own
  } = rest;
  return own;
}

/** A port of a service, and the variable that tells its callers where it is. */
interface Listening extends Required<Port> {
  variable: string;
}

/** What a service listens on, written down a second time. */
export function listening({ name, port, containerPort, ports = {} }: Service): Listening[] {
  const tcp = { protocol: "TCP" };
  return [
    ...(port === undefined
      ? []
      : [{ ...tcp, port, containerPort: containerPort ?? port, variable: `${variable(name)}_ADDRESS` }]),
    ...Object.entries(ports).map(([key, one]) => ({
      ...{ ...tcp, containerPort: one.port, ...one },
      variable: `${variable(name)}_${variable(key)}_ADDRESS`,
    })),
  ];
}

/** What may be deployed of a catalogue: optional uses are of any other service, also of those that are not there. */
export const graphs = graphsWith(() => names);

/** A whole catalogue: optional uses are of services that it has. */
export const catalogues = graphsWith((chosen) => chosen);

/** Whom a service calls among `all`: whom it needs, and those of the others that are there. */
export function calledBy({ uses = [], optionalUses = [] }: Service, all: Service[]): string[] {
  const there = namesOf(all);
  return [...uses, ...optionalUses.map((use) => use.service).filter((name) => there.includes(name))];
}
