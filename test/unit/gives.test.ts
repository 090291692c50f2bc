import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { seedJobSpec } from "../../components/model/objects/seedJob.ts";
import { expanded } from "./expandedVariables.ts";
import { calledBy, graphs, service } from "./randomServices.ts";
import "./seed.ts";

const runs = { numRuns: 60 };
const upper = (name: string) => name.toUpperCase().replaceAll("-", "_");

/** A service that gives a text with all that it may refer to, under a name of its own; nobody calls one without a port. */
function giving(given: Service): Service {
  if (given.port === undefined) return given;
  return {
    ...given,
    gives: { [`${upper(given.name)}_URL`]: "$$x://$(HOST):$(PORT)/$(PASSWORD)@$(ADDRESS)" },
    passwords: { ...given.passwords, OWN: given.name },
  };
}

describe("what a service gives to its users", () => {
  it("reaches each of them, with its address and its password, and nobody else", () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const services = drawn.map(giving);
        for (const user of services) {
          const read = expanded(environmentVariables(user, services));
          const called = calledBy(user, services);
          for (const { name, port } of services) {
            const url = `$x://${name}:${String(port)}/${name}-password@${name}:${String(port)}`;
            expect(read[`${upper(name)}_URL`]).toBe(called.includes(name) ? url : undefined);
            expect(read[`${upper(name)}_PASSWORD`]).toBe(
              called.includes(name) ? `${name}-password` : undefined,
            );
          }
        }
      }),
      runs,
    );
  });

  it("leaves everything as it is where nothing is given", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const none = services.map((one) => ({ ...one, gives: {} }));
        for (const [index, user] of services.entries())
          expect(environmentVariables(none[index] ?? user, none)).toEqual(
            environmentVariables(user, services),
          );
      }),
      runs,
    );
  });
});

const database = (name: string, gives: Record<string, string>): Service =>
  service(name, { port: 5432, gives, passwords: { PASSWORD: name } });
const url = "postgres://app:$(PASSWORD)@$(ADDRESS)/app";

describe("a variable that a service gives", () => {
  const one = database("one", { DATABASE_URL: url, ONE_URL: url });
  const other = database("other", { DATABASE_URL: url });

  it("is what the user says where it says something, which may refer to what it is given", () => {
    const user = service("user", { uses: ["one", "other"], environment: { DATABASE_URL: "$(ONE_URL)?ssl" } });
    const variables = environmentVariables(user, [user, one, other]);
    expect(expanded(variables)).toMatchObject({
      DATABASE_URL: "postgres://app:one-password@one:5432/app?ssl",
      ONE_URL: "postgres://app:one-password@one:5432/app",
    });
    expect(variables.filter(({ name }) => name === "DATABASE_URL")).toHaveLength(1);
  });

  it("is refused when two give it and the user says nothing", () => {
    const user = service("user", { uses: ["one", "other"] });
    expect(() => environmentVariables(user, [user, one, other])).toThrow(
      new Error(
        'variable DATABASE_URL of service "user" is given by one and by other: say in its environment what it is, or change gives of one of them',
      ),
    );
  });

  it("comes with the password once, also where the user takes that itself", () => {
    const user = service("user", { uses: ["one"], passwords: { ONE_PASSWORD: "one" } });
    const names = environmentVariables(user, [user, one]).map(({ name }) => name);
    expect(names).toEqual(["ONE_ADDRESS", "ONE_PASSWORD", "DATABASE_URL", "ONE_URL"]);
  });

  it("is refused when its password's variable is something else already", () => {
    const user = service("user", { uses: ["one"], environment: { ONE_PASSWORD: "x" } });
    expect(() => environmentVariables(user, [user, one])).toThrow('variable ONE_PASSWORD of service "user"');
  });

  it("goes with an optional use whose service is deployed, and with it alone", () => {
    const user = service("user", { optionalUses: [{ service: "other" }] });
    expect(environmentVariables(user, [user])).toEqual([]);
    expect(expanded(environmentVariables(user, [user, other]))).toHaveProperty("DATABASE_URL");
  });
});

describe("the seed's Job", () => {
  it("has what the service gives, beside the service's own variables", () => {
    const seed = { command: ["fill"] };
    const seeded = { ...database("db", { DATABASE_URL: url }), seed };
    const { env } = seedJobSpec(seeded, [seeded], {
      ...{ seed, image: "i", serviceAccountName: "a", configMap: undefined, placement: {}, variables: {} },
    }).template.spec.containers[0] ?? { env: [] };
    expect(expanded(env)).toEqual({
      DB_ADDRESS: "db:5432",
      PASSWORD: "db-password",
      DB_PASSWORD: "db-password",
      DATABASE_URL: "postgres://app:db-password@db:5432/app",
    });
  });
});

describe("a service that gives something", () => {
  it.each(["$(ADDRESS)", "x:$(PORT)"])("needs a port for %s", (text) => {
    const {
      port: _port,
      containerPort: _containerPort,
      ...worker
    } = service("worker", {
      gives: { WORKER_URL: text },
    });
    expect(() => {
      checkServices([worker]);
    }).toThrow(
      /^gives\.WORKER_URL of service "worker" refers to "\$\((ADDRESS|PORT)\)" but the service has no port: give it one, such as 8080$/,
    );
  });

  it.each<[string, Partial<Service>, string]>([
    [
      "that refers to what there is not",
      { gives: { DB_URL: "$(ADRESS)" } },
      'gives.DB_URL of service "db" refers to "$(ADRESS)" but may only refer to $(ADDRESS), $(HOST), $(PORT), $(PASSWORD): write $$ for a dollar sign',
    ],
    [
      "with a password that nobody generates",
      { gives: { DB_URL: url }, passwords: { PASSWORD: "other" } },
      'gives of service "db" has $(PASSWORD) but the service takes no password of its own: name it in passwords, such as {"PASSWORD": "db"}',
    ],
    [
      "under a name that its users have anyway",
      { gives: { DB_ADDRESS: "$(HOST)" } },
      'gives.DB_ADDRESS of service "db" is what its users have anyway: give the variable another name, such as DATABASE_URL',
    ],
    [
      "under no name of a variable",
      { gives: { "db-url": "x" } },
      'gives.db-url of service "db" must have as its key the name of a variable, such as LOG_LEVEL',
    ],
  ])("%s is refused", (_what, more, message) => {
    expect(() => {
      checkServices([service("db", more)]);
    }).toThrow(new Error(message));
  });

  it("may write a dollar sign before a bracket", () => {
    expect(() => {
      checkServices([service("db", { gives: { DB_TEXT: "$$(X)" } })]);
    }).not.toThrow();
  });
});
