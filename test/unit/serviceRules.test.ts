import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { named, shown } from "../../components/model/rules/shown.ts";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { closure, edges } from "../../components/model/graph/graph.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { anyService, graphs, service } from "./randomServices.ts";
import { label, memory, port, wrongServices } from "./wrongServices.ts";
import "./seed.ts";

const mutations = wrongServices.flatMap(([argument, rule, values]) =>
  values.map((value) => ({ argument, rule, value })),
);

/** The service with every argument that a mutation changes, beside whatever it has. */
function complete(given: Service): Service {
  return {
    ...given,
    uses: ["catalogue"],
    optionalUses: [{ service: "session-db", environment: { LEVEL: "info" } }],
    egress: [{ cidr: "203.0.113.0/24", port: 443 }],
    command: ["node"],
    args: ["--port=80"],
    environment: { LEVEL: "info" },
    passwords: { DB_PASSWORD: "db" },
    ports: { ...given.ports, metrics: { port: 9100 } },
    probe: { command: ["true"] },
    files: { "/etc/app.json": "{}" },
    writablePaths: ["/tmp"],
    capabilities: ["NET_BIND_SERVICE"],
    sidecars: [{ name: "proxy", environment: {}, limits: { cpu: "1", memory: "1Gi" } }],
    seed: { command: ["node"], files: { data: "1" } },
    before: [["node"]],
    tasks: { nightly: { command: ["node"], schedule: "0 3 * * *", withinSeconds: 60 } },
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
    ["all addresses of IPv6", { egress: [{ cidr: "::/0", port: 1 }] }],
    ["one address of IPv6", { egress: [{ cidr: "2001:db8::1/128", port: 65_535 }] }],
    ["the first user and one replica", { user: 1, replicas: 1 }],
    ["the last user and most replicas", { user: 2 ** 31 - 1, replicas: 100 }],
    ["as much as its limit", { requests: { cpu: "0.5", memory: "128Mi" } }],
    ["as much as its limit, in another unit", { requests: { cpu: "500m", memory: "0.125Gi" } }],
    ["empty lists and objects", { uses: [], optionalUses: [], egress: [], args: [], environment: {} }],
    [
      "folders beside the system's own",
      { writablePaths: ["/etc/nginx", "/device", "/data", "/data2", "/.a", "/usr/share/x"] },
    ],
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
    }).toThrow(new Error(`${argument} of service "deals" is ${shown(value)} but must be ${rule}`));
  });

  it("is refused with that sentence, whatever else the service and the others have", () => {
    fc.assert(
      fc.property(others, anyService, fc.constantFrom(...mutations), (beside, given, mutation) => {
        const { argument, rule, value } = mutation;
        const sentence = `${argument} of service "${given.name}" is ${shown(value)} but must be ${rule}`;
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
    ["environmentVariables", (services) => services.map((one) => environmentVariables(one, services))],
  ])("is refused by %s, too", (_name, use) => {
    expect(() => use([service("deals", { port: 70_000 })])).toThrow(
      new Error(`port of service "deals" is 70000 but must be ${port}`),
    );
  });
});

describe("a wrong name", () => {
  it.each(["", "A_b", "1st", "deals.", "-a", "a-", "x".repeat(64), "ü", "a\nb", 5, null])(
    "of a service, %j, is told with the service's place",
    (name) => {
      const services = [service("a"), { ...service("b"), name } as Service];
      expect(() => {
        checkServices(services);
      }).toThrow(new Error(`services[1].name is ${shown(name)} but must be ${label}`));
    },
  );

  it.each<[string, Partial<Service>, string]>([
    ["a variable", { environment: { "A B": "" } }, 'environment."A B"'],
    ["a variable with a digit at its beginning", { environment: { "1A": "" } }, "environment.1A"],
    ["a password's variable", { passwords: { "A-B": "db" } }, "passwords.A-B"],
    [
      "a variable of an optional use",
      { optionalUses: [{ service: "b", environment: { "": "" } }] },
      'optionalUses[0].environment.""',
    ],
  ])("of %s is told", (_what, more, argument) => {
    const rule = "must have as its key the name of a variable, such as LOG_LEVEL";
    expect(() => {
      checkServices([service("a", more)]);
    }).toThrow(new Error(`${argument} of service "a" ${rule}`));
  });

  it.each(["", "a/b", "a b", "../a", ".", "..", "..a", "x".repeat(254)])(
    "of a seed's file, %j, is told",
    (file) => {
      expect(() => {
        checkServices([service("a", { seed: { command: ["a"], files: { [file]: "" } } })]);
      }).toThrow(
        new Error(
          `seed.files.${named(file)} of service "a" must have as its key a file's name, such as data.sql`,
        ),
      );
    },
  );
});

describe("a wrong service", () => {
  const check = (given: unknown) => () => {
    checkServices(given as Service[]);
  };

  it("with a key that no service has is told what was probably meant", () => {
    const unknown = (key: string) => check([{ ...service("deals"), [key]: 80 }]);
    expect(unknown("portz")).toThrow(
      new Error('service "deals" has the unknown key portz: did you mean port?'),
    );
    expect(unknown("livenessProbes")).toThrow(
      /^service "deals" has the unknown key livenessProbes: known are args, autoscaling, before, .*, writablePaths$/,
    );
  });

  it.each<[string, object, string]>([
    ["requests", { requests: { cpu: "50m", memory: "64Mi", memry: "1" } }, "memry: did you mean memory?"],
    ["seed", { seed: { command: ["a"], file: {} } }, "file: did you mean files?"],
    ["optionalUses[0]", { optionalUses: [{ service: "b", env: {} }] }, "env: known are environment, service"],
    [
      "tasks.seed",
      { tasks: { seed: { command: ["a"], schedule: "@daily", shedule: "" } } },
      "shedule: did you mean schedule?",
    ],
    ["egress[0]", { egress: [{ cidr: "::/0", port: 1, prt: 2 }] }, "prt: known are cidr, port"],
    ["ports.seed", { ports: { seed: { port: 9100, protocl: "UDP" } } }, "protocl: did you mean protocol?"],
    [
      "sidecars[0]",
      { sidecars: [{ name: "a", volumes: [] }] },
      "volumes: known are args, command, environment, image, limits, name, requests",
    ],
  ])("with an unknown key within %s is told that argument's keys", (argument, more, rest) => {
    expect(check([{ ...service("deals"), ...more }])).toThrow(
      new Error(`${argument} of service "deals" has the unknown key ${rest}`),
    );
  });

  it.each([[null], ["deals"], [5], [[]]])("that is %j is told what a service is", (given) => {
    const rule = 'an object with at least a name, such as {"name": "worker"}';
    expect(check([given])).toThrow(new Error(`services[0] is ${JSON.stringify(given)} but must be ${rule}`));
  });

  it("with a line break in a key is told in one line", () => {
    expect(check([service("a", { environment: { "a\nb": "" } })])).toThrow(
      new Error(
        'environment."a\\nb" of service "a" must have as its key the name of a variable, such as LOG_LEVEL',
      ),
    );
    expect(check([{ ...service("a"), "a\nb": 1 }])).toThrow(
      /^service "a" has the unknown key "a\\nb": known are .*$/,
    );
  });

  it("whose folder is that of its seed's files is told that", () => {
    const files = { writablePaths: ["/seed"], seed: { command: ["a"], files: { a: "" } } };
    expect(check([service("a", files)])).toThrow(
      new Error(
        'writablePaths of service "a" names /seed, where its seed\'s files are: write to another folder, such as /tmp',
      ),
    );
    expect(check([service("a", { ...files, seed: { command: ["a"] } })])).not.toThrow();
  });

  it("with a variable that is a password, too, is told that", () => {
    expect(check([service("a", { environment: { P: "x" }, passwords: { P: "db" } })])).toThrow(
      new Error('variable P of service "a" is a text and a password: name it in one of the two'),
    );
  });

  it.each(["name", "containerPort"] as const)("without its %s is told that", (key) => {
    const { [key]: _left, ...rest } = service("deals");
    const where = key === "name" ? "services[0].name" : `${key} of service "deals"`;
    expect(check([rest])).toThrow(`${where} is missing: it must be a`);
  });

  it.each(["requests", "limits"] as const)("without the memory of its %s is told that", (key) => {
    expect(check([{ ...service("deals"), [key]: { cpu: "100m" } }])).toThrow(
      new Error(`${key}.memory of service "deals" is missing: it must be ${memory}`),
    );
  });

  it.each([
    ["cpu", "501m", "500m"],
    ["memory", "129Mi", "128Mi"],
    ["ephemeralStorage", "1025Mi", "1Gi"],
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
      new Error(`services is ${JSON.stringify(given)} but must be a list of services, such as []`),
    );
  });
});
