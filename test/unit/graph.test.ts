import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentVariables } from "../../components/model/environmentVariables.ts";
import { closure, edges, testRunner } from "../../components/model/graph.ts";
import type { Service } from "../../components/model/service.ts";
import { sockShop } from "../../components/model/sockShop.ts";
import { deals } from "../../example/service.ts";
import { graphs, service } from "./randomServices.ts";
import "./seed.ts";

const namesOf = (services: Service[]): string[] => services.map(({ name }) => name);

const graphAndRoots = graphs.chain((services) =>
  fc.tuple(fc.constant(services), fc.subarray(namesOf(services))),
);

/** What can be reached, computed in another way than under test: by widening a set until it stays the same. */
function reachable(services: Service[], roots: string[]): Set<string> {
  const found = new Set(roots);
  for (let size = -1; size < found.size;) {
    size = found.size;
    for (const { name, uses = [] } of services) if (found.has(name)) for (const used of uses) found.add(used);
  }
  return found;
}

describe("closure", () => {
  it("holds what the roots need and nothing else, each once", () => {
    fc.assert(
      fc.property(graphAndRoots, ([services, roots]) => {
        const needed = reachable(services, roots);
        expect(namesOf(closure(services, roots)).sort()).toEqual([...needed].sort());
      }),
    );
  });

  it("puts dependencies before dependents", () => {
    fc.assert(
      fc.property(graphAndRoots, ([services, roots]) => {
        const ordered = closure(services, roots);
        for (const [index, { uses = [] }] of ordered.entries()) {
          expect(namesOf(ordered.slice(0, index))).toEqual(expect.arrayContaining(uses));
        }
      }),
    );
  });

  it("of the sample application is its database, its catalogue and itself", () => {
    const services = closure<Service>([deals, ...sockShop], ["deals"]);
    expect(namesOf(services)).toEqual(["catalogue-db", "catalogue", "deals"]);
  });
});

describe("a wrong graph", () => {
  const a = service("a", { uses: ["b"] });
  const b = service("b", { uses: ["c"] });

  it.each<[string, Service[], string[], string]>([
    ["an unknown root", [b, a], ["x"], 'service "x" is not in the graph: known are a, b'],
    [
      "an unknown dependency",
      [a, b],
      ["a"],
      'service "c", which b uses, is not in the graph: known are a, b',
    ],
    [
      "a name that is no DNS label",
      [service("A_b")],
      [],
      'service "A_b" has no valid name: it must be a DNS label, such as catalogue-db',
    ],
    [
      "the test runner's name",
      [service(testRunner)],
      [],
      'service "test-runner" needs another name: this one is the test runner\'s',
    ],
    [
      "a use that is named twice",
      [service("a", { uses: ["b", "b"] }), b],
      [],
      'service "a" uses b twice: name it once',
    ],
    ["two of one name", [a, b, a], [], 'two services are named "a": give one of them another name'],
    [
      "a cycle behind the root",
      [service("root", { uses: ["a"] }), a, b, service("c", { uses: ["a"] })],
      ["root"],
      "services use each other in a cycle: a -> b -> c -> a",
    ],
    [
      "a service that uses itself",
      [service("a", { uses: ["a"] })],
      ["a"],
      "services use each other in a cycle: a -> a",
    ],
  ])("%s is one sentence", (_what, services, roots, sentence) => {
    expect(() => closure(services, roots)).toThrow(new Error(sentence));
  });

  it("has no edges and no variables, but the same sentence", () => {
    const sentence = new Error('service "c", which b uses, is not in the graph: known are a, b');
    expect(() => edges([a, b])).toThrow(sentence);
    expect(() => environmentVariables(b, [a, b])).toThrow(sentence);
  });

  it("with a cycle always fails", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const [first, ...others] = closure(services, namesOf(services));
        const last = others.at(-1);
        fc.pre(first !== undefined && last !== undefined);
        // From any service there is now a way to `last` and back, through the first one.
        const linked = others.map((other) => ({
          ...other,
          uses: [...new Set([...(other.uses ?? []), first.name])],
        }));
        const cyclic = [{ ...first, uses: [last.name] }, ...linked];
        expect(() => closure(cyclic, [last.name])).toThrow(/^services use each other in a cycle: /);
      }),
    );
  });
});

describe("edges", () => {
  it("are the uses, and one from the test runner to each service, on the container's port", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const portOf = Object.fromEntries(services.map(({ name, containerPort }) => [name, containerPort]));
        const expected = services.flatMap(({ name, uses = [] }) => [
          ...uses.map((used) => `${name} -> ${used}:${String(portOf[used])}`),
          `${testRunner} -> ${name}:${String(portOf[name])}`,
        ]);
        const found = edges(services).map(({ from, to, port }) => `${from} -> ${to}:${String(port)}`);
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });
});

describe("environment variables", () => {
  it("give the address of each used service, on the Service's port, and of no other", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const portOf = Object.fromEntries(services.map(({ name, port }) => [name, port]));
        for (const user of services) {
          const expected = (user.uses ?? []).map((used) => ({
            name: `${used.toUpperCase().replace("-", "_")}_ADDRESS`,
            value: `${used}:${String(portOf[used])}`,
          }));
          expect(environmentVariables(user, services)).toEqual(expected);
        }
      }),
    );
  });

  it("take generated passwords from Secrets, after the addresses to which `args` refer", () => {
    const [catalogue, database] = sockShop;
    const password = { secretKeyRef: { name: "catalogue-db-password", key: "password" } };
    expect(catalogue && environmentVariables(catalogue, sockShop)).toEqual([
      { name: "CATALOGUE_DB_ADDRESS", value: "catalogue-db:3306" },
      { name: "CATALOGUE_DB_PASSWORD", valueFrom: password },
    ]);
    expect(database && environmentVariables(database, sockShop)).toEqual([
      { name: "MYSQL_PASSWORD", valueFrom: password },
      { name: "MYSQL_DATABASE", value: "socksdb" },
      { name: "MYSQL_USER", value: "catalogue" },
      { name: "MYSQL_RANDOM_ROOT_PASSWORD", value: "yes" },
    ]);
  });
});
