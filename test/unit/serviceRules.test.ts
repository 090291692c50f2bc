import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closure, edges } from "../../components/model/graph.ts";
import { quota } from "../../components/model/quota.ts";
import type { Service } from "../../components/model/service.ts";
import { checkServices } from "../../components/model/serviceRules.ts";
import { anyService, graphs, service } from "./randomServices.ts";
import "./seed.ts";

const label = "a DNS label, such as catalogue-db";
const port = "a whole number from 1 to 65535, such as 80";
const path = "a path that begins with /, such as /health";
const cpu = "a CPU quantity above zero, such as 250m or 1.5";
const memory = "a memory quantity above zero, such as 128Mi or 1Gi";
const resources = 'an object of cpu and memory, such as {"cpu": "100m", "memory": "128Mi"}';
const words = 'a list of texts, such as ["node", "server.js"]';
const cidr = "an address with a prefix length, such as 203.0.113.0/24";

/** Argument, rule, values that break it, as programs in TypeScript and in YAML can give them. */
const wrong: [string, string, unknown[]][] = [
  ["port", port, [0, -1, 65_536, 1.5, "80", null, true, []]],
  [
    "containerPort",
    "a whole number from 1024 to 65535, such as 8080",
    [0, 80, 1023, 65_536, 8080.5, "8080", null],
  ],
  ["healthPath", path, ["", "health", "/a b", "http://a/health", 80, null]],
  ["commitPath", path, ["version", true]],
  ["uses", "a list of names of services", ["catalogue", { catalogue: true }]],
  ["uses[0]", label, ["", "Catalogue", "a_b", "-a", "a-", "a.b", "x".repeat(64), 5, null]],
  ["softUses", "a list of soft uses", ["session-db", { service: "session-db" }, null]],
  [
    "softUses[0]",
    'an object with the name of a service, such as {"service": "session-db"}',
    ["session-db", null, 5],
  ],
  ["softUses[0].service", label, ["", "session_db", 5]],
  ["softUses[0].environment", "an object from variable to value", ["A=b", ["A=b"], 5]],
  ["softUses[0].environment.LEVEL", "a text", [5, true, null]],
  ["exposed", "true or false", ["true", 1, null]],
  ["egress", "a list of destinations", ["10.0.0.0/8", { cidr: "10.0.0.0/8" }]],
  [
    "egress[0]",
    'an object of cidr and port, such as {"cidr": "203.0.113.0/24", "port": 443}',
    ["10.0.0.0/8", null],
  ],
  ["egress[0].cidr", cidr, ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1"]],
  ["egress[0].cidr", cidr, ["", "/", "example.com/24", "10.0.0.0/", "300.0.0.0/8", "10.0.0.0/8 ", 10]],
  ["egress[0].port", port, [0, 65_536, "443"]],
  ["command", "at least one text", [[]]],
  ["command", words, ["node server.js", { 0: "node" }]],
  ["command[0]", "a text", [5, null]],
  ["args", words, ["--port=80", 5]],
  ["args[0]", "a text", [80]],
  ["environment", "an object from variable to value", ["A=b", [], 5]],
  ["environment.LEVEL", "a text", [5, true, null, ["a"]]],
  ["passwords.DB_PASSWORD", label, ["", "Db", 5]],
  [
    "writablePaths[0]",
    "an absolute path, such as /var/lib/data",
    ["tmp", "/", "", "/a:b", "/a//b", "/a/", 5],
  ],
  ["readOnlyRootFilesystem", "true or false", ["false", 0]],
  ["user", "a whole number from 1 to 2147483647, such as 10001", [0, -1, 2 ** 31, "999", 1.5]],
  ["capabilities[0]", "NET_BIND_SERVICE, the only one permitted", ["SYS_ADMIN", "ALL", "", 5]],
  ["replicas", "a whole number from 1 to 100, such as 2", [0, -1, 101, 1.5, "2", null]],
  ["requests", resources, ["50m", 1, null, ["50m"]]],
  ["requests.cpu", cpu, ["1gb", "", "0", "0m", "-1", "1 m", "1e3", 1]],
  ["requests.memory", memory, ["1gb", "", "0", "-1Mi", "64 Mi", "64MB", 64]],
  ["limits", resources, ["1", null]],
  ["limits.cpu", cpu, ["1gb", "0.0", "1k", 0.5]],
  ["limits.memory", memory, ["1gb", "0Mi", "1T", 1024]],
  ["seed.command", "at least one text", [[]]],
  ["seed.command", words, ["mongoimport", null]],
  ["seed.files.data", "a text", [5, null, ["a"]]],
];
const mutations = wrong.flatMap(([argument, rule, values]) =>
  values.map((value) => ({ argument, rule, value })),
);

/** The service with every argument that a mutation changes, beside whatever it has. */
function complete(given: Service): Service {
  return {
    ...given,
    uses: ["catalogue"],
    softUses: [{ service: "session-db", environment: { LEVEL: "info" } }],
    egress: [{ cidr: "203.0.113.0/24", port: 443 }],
    command: ["node"],
    args: ["--port=80"],
    environment: { LEVEL: "info" },
    passwords: { DB_PASSWORD: "db" },
    writablePaths: ["/tmp"],
    capabilities: ["NET_BIND_SERVICE"],
    seed: { command: ["node"], files: { data: "1" } },
  };
}

/** The same with another value at a place such as `seed.files.data`. */
function broken(given: Service, argument: string, value: unknown): Service {
  const whole = structuredClone(complete(given));
  const keys = argument.replace("[0]", ".0").split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], whole);
  (parent as Record<string, unknown>)[last] = value;
  return whole;
}

const others = fc.array(anyService, { maxLength: 3 });

describe("a valid service", () => {
  it("passes, whatever it has", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        expect(() => {
          checkServices(services);
          checkServices(services.map(complete));
        }).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, Partial<Service>]>([
    ["a name of one letter", { name: "a" }],
    ["a name of 63 letters", { name: "x".repeat(63) }],
    ["the first ports", { port: 1, containerPort: 1024 }],
    ["the last ports", { port: 65_535, containerPort: 65_535 }],
    ["all addresses of IPv4", { egress: [{ cidr: "0.0.0.0/0", port: 1 }] }],
    ["one address of IPv6", { egress: [{ cidr: "2001:db8::1/128", port: 65_535 }] }],
    ["the first user and one replica", { user: 1, replicas: 1 }],
    ["the last user and most replicas", { user: 2 ** 31 - 1, replicas: 100 }],
    ["as much as its limit", { requests: { cpu: "0.5", memory: "128Mi" } }],
    ["as much as its limit, in another unit", { requests: { cpu: "500m", memory: "0.125Gi" } }],
    ["empty lists and objects", { uses: [], softUses: [], egress: [], args: [], environment: {} }],
    ["an empty value", { environment: { LEVEL: "" }, args: [""], seed: { command: [""] } }],
  ])("may have %s", (_what, more) => {
    expect(() => {
      checkServices([service("a", more)]);
    }).not.toThrow();
  });
});

describe("a wrong argument of a service", () => {
  it.each(mutations)("$argument: $value is refused in one sentence", ({ argument, rule, value }) => {
    expect(() => {
      checkServices([broken(service("deals"), argument, value)]);
    }).toThrow(new Error(`${argument} of service "deals" is ${JSON.stringify(value)} but must be ${rule}`));
  });

  it("is refused with that sentence, whatever else the service and the others have", () => {
    fc.assert(
      fc.property(others, anyService, fc.constantFrom(...mutations), (beside, given, mutation) => {
        const { argument, rule, value } = mutation;
        const sentence = `${argument} of service "${given.name}" is ${JSON.stringify(value)} but must be ${rule}`;
        expect(sentence).not.toContain("\n");
        expect(() => {
          checkServices([...beside, broken(given, argument, value)]);
        }).toThrow(new Error(sentence));
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, (services: Service[]) => unknown]>([
    ["closure", (services) => closure(services, [])],
    ["edges", edges],
    ["quota", (services) => quota(services, { surge: true })],
  ])("is refused by %s, too", (_name, use) => {
    expect(() => use([service("deals", { port: 70_000 })])).toThrow(
      new Error(`port of service "deals" is 70000 but must be ${port}`),
    );
  });
});

describe("a wrong name", () => {
  it.each(["", "A_b", "deals.", "-a", "a-", "x".repeat(64), "ü", "a\nb", 5, null])(
    "of a service, %j, is told with the service's place",
    (name) => {
      const services = [service("a"), { ...service("b"), name } as Service];
      expect(() => {
        checkServices(services);
      }).toThrow(new Error(`services[1].name is ${JSON.stringify(name)} but must be ${label}`));
    },
  );

  it.each<[string, Partial<Service>, string]>([
    ["a variable", { environment: { "A B": "" } }, "environment.A B"],
    ["a variable with a digit at its beginning", { environment: { "1A": "" } }, "environment.1A"],
    ["a password's variable", { passwords: { "A-B": "db" } }, "passwords.A-B"],
    [
      "a variable of a soft use",
      { softUses: [{ service: "b", environment: { "": "" } }] },
      "softUses[0].environment.",
    ],
  ])("of %s is told", (_what, more, argument) => {
    const rule = "must have as its key the name of a variable, such as LOG_LEVEL";
    expect(() => {
      checkServices([service("a", more)]);
    }).toThrow(new Error(`${argument} of service "a" ${rule}`));
  });

  it.each(["", "a/b", "a b", "../a"])("of a seed's file, %j, is told", (file) => {
    expect(() => {
      checkServices([service("a", { seed: { command: ["a"], files: { [file]: "" } } })]);
    }).toThrow(
      new Error(`seed.files.${file} of service "a" must have as its key a file's name, such as data.sql`),
    );
  });
});

describe("a wrong service", () => {
  const check = (given: unknown) => () => {
    checkServices(given as Service[]);
  };

  it("with a key that no service has is told what was probably meant", () => {
    const unknown = (key: string) => check([{ ...service("deals"), [key]: 80 }]);
    expect(unknown("ports")).toThrow(
      new Error('service "deals" has the unknown key ports: did you mean port?'),
    );
    expect(unknown("livenessProbes")).toThrow(
      /^service "deals" has the unknown key livenessProbes: known are args, capabilities, .*, writablePaths$/,
    );
  });

  it.each(["name", "port", "containerPort", "requests", "limits"] as const)(
    "without its %s is told that",
    (key) => {
      const { [key]: _left, ...rest } = service("deals");
      const where = key === "name" ? "services[0].name" : `${key} of service "deals"`;
      expect(check([rest])).toThrow(`${where} is missing: it must be a`);
    },
  );

  it.each(["requests", "limits"] as const)("without the memory of its %s is told that", (key) => {
    expect(check([{ ...service("deals"), [key]: { cpu: "100m" } }])).toThrow(
      new Error(`${key}.memory of service "deals" is missing: it must be ${memory}`),
    );
  });

  it.each([
    ["cpu", "501m", "500m"],
    ["memory", "129Mi", "128Mi"],
  ])("that requests more %s than its limit is told that", (kind, asked, limit) => {
    const { requests } = service("deals");
    expect(check([service("deals", { requests: { ...requests, [kind]: asked } })])).toThrow(
      new Error(
        `requests.${kind} of service "deals" is ${asked} but must be at most its limit, such as ${limit}`,
      ),
    );
  });

  it.each([[5], ["deals"], [null], [{}]])("list, %j, is told to be a list", (given) => {
    expect(check(given)).toThrow(
      new Error(`services is ${JSON.stringify(given)} but must be a list of services`),
    );
  });
});
