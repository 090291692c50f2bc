import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import { calledBy, graphs, listening, service } from "./randomServices.ts";
import "./seed.ts";

const runs = { numRuns: 60 };

const variablesOf = (name: string, deployed: string[]) => {
  const services = sockShop.services.filter((one) => deployed.includes(one.name));
  const user = services.find((one) => one.name === name);
  return user && environmentVariables(user, services);
};

describe("environment variables", () => {
  it("give the address of each port of a service that is called, on the Service's port, and of no other", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        for (const user of services) {
          const used = calledBy(user, services).flatMap((name) =>
            services.filter((one) => one.name === name),
          );
          const expected = used.flatMap((one) =>
            listening(one).map(({ variable, port }) => ({
              name: variable,
              value: `${one.name}:${String(port)}`,
            })),
          );
          const found = environmentVariables(user, services).filter(({ name }) => name.endsWith("_ADDRESS"));
          expect(found).toEqual(expected);
        }
      }),
      runs,
    );
  });

  it("are those of the service itself, its passwords, and those of optional uses that are deployed", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        for (const user of services) {
          const { environment = {}, passwords = {}, optionalUses = [] } = user;
          const called = calledBy(user, services);
          const optional = optionalUses.filter((use) => called.includes(use.service));
          const expected = [
            ...Object.keys(environment),
            ...Object.keys(passwords).filter((name) =>
              [user.name, ...called].includes(passwords[name] ?? ""),
            ),
            ...optional.flatMap((use) => Object.keys(use.environment ?? {})),
          ];
          const found = environmentVariables(user, services).map(({ name }) => name);
          expect(found.filter((name) => !name.endsWith("_ADDRESS")).sort()).toEqual(expected.sort());
        }
      }),
      runs,
    );
  });
});

describe("environment variables of Sock Shop", () => {
  it("take generated passwords from Secrets, after the addresses to which `args` refer", () => {
    const password = { secretKeyRef: { name: "catalogue-db-password", key: "password" } };
    const deployed = ["catalogue", "catalogue-db"];
    expect(variablesOf("catalogue", deployed)).toEqual([
      { name: "CATALOGUE_DB_ADDRESS", value: "catalogue-db:3306" },
      { name: "CATALOGUE_DB_PASSWORD", valueFrom: password },
    ]);
    expect(variablesOf("catalogue-db", deployed)).toEqual([
      { name: "MYSQL_PASSWORD", valueFrom: password },
      { name: "MYSQL_ROOT_PASSWORD", valueFrom: password },
      { name: "MYSQL_DATABASE", value: "socksdb" },
      { name: "MYSQL_USER", value: "catalogue" },
    ]);
  });

  it("make the web page keep its sessions in Redis where that is deployed, and only there", () => {
    const session = { name: "SESSION_REDIS", value: "true" };
    expect(variablesOf("front-end", ["front-end", "session-db"])).toEqual([
      { name: "SESSION_DB_ADDRESS", value: "session-db:6379" },
      session,
    ]);
    expect(variablesOf("front-end", ["front-end"])).toEqual([]);
  });
});

describe("a variable that is set twice", () => {
  it("is refused in one sentence", () => {
    const twice = service("a", { uses: ["b"], environment: { B_ADDRESS: "x" } });
    expect(() => environmentVariables(twice, [twice, service("b")])).toThrow(
      new Error(
        'variable B_ADDRESS of service "a" is set twice: give it another name, since those that tell addresses and passwords are taken',
      ),
    );
  });
});

describe("a variable that goes with an optional use", () => {
  const cache = { service: "cache", environment: { STORE: "redis" } };
  const user = service("user", { environment: { STORE: "memory", LEVEL: "info" }, optionalUses: [cache] });
  const storeOf = (services: Service[]) =>
    environmentVariables(user, services).filter(({ name }) => name === "STORE");

  it("replaces the service's own of that name where the service is deployed, once", () => {
    expect(storeOf([user, service("cache")])).toEqual([{ name: "STORE", value: "redis" }]);
    expect(storeOf([user])).toEqual([{ name: "STORE", value: "memory" }]);
  });
});
