import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { checkOptionalUses, closure, edges, testRunner } from "../../components/model/graph/graph.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import { deals as application } from "../../example/shop.ts";
import { calledBy, graphs, listening, namesOf, service } from "./randomServices.ts";
import "./seed.ts";

const deals: Service = { name: "deals", ...application };

const runs = { numRuns: 60 };

const graphAndRoots = graphs.chain((services) =>
  fc.tuple(fc.constant(services), fc.subarray(namesOf(services))),
);

/** What can be reached, computed in another way than under test: by widening a set until it stays the same. */
function reachable(services: Service[], roots: string[], calls: (service: Service) => string[]): Set<string> {
  const found = new Set(roots);
  for (let size = -1; size < found.size;) {
    size = found.size;
    for (const one of services) if (found.has(one.name)) for (const used of calls(one)) found.add(used);
  }
  return found;
}

const needs = ({ uses = [] }: Service) => uses;
const optional = (name: string) => ({ optionalUses: [{ service: name }] });

describe("closure", () => {
  it("holds what the roots need and nothing that they would do without, each once", () => {
    fc.assert(
      fc.property(graphAndRoots, ([services, roots]) => {
        const needed = reachable(services, roots, needs);
        expect(namesOf(closure(services, roots)).sort()).toEqual([...needed].sort());
      }),
      runs,
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
      runs,
    );
  });

  it("puts those first, too, that are called only where they are deployed, unless there is a cycle", () => {
    fc.assert(
      fc.property(graphAndRoots, ([services, roots]) => {
        const ordered = closure(services, roots);
        const calls = (one: Service) => calledBy(one, ordered);
        const isInACycle = (one: Service) => reachable(ordered, calls(one), calls).has(one.name);
        fc.pre(!ordered.some(isInACycle));
        for (const [index, one] of ordered.entries()) {
          expect(namesOf(ordered.slice(0, index))).toEqual(expect.arrayContaining(calls(one)));
        }
      }),
      runs,
    );
  });

  it("of the sample application is its database, its catalogue and itself", () => {
    const services = closure<Service>([deals, ...sockShop.services], ["deals"]);
    expect(namesOf(services)).toEqual(["catalogue-db", "catalogue", "deals"]);
  });
});

describe("a service that is called only where it is deployed", () => {
  const a = service("a", optional("b"));
  const b = service("b");

  it.each<[string, Service[], string[], string[]]>([
    ["is not deployed for its caller", [a, b], ["a"], ["a"]],
    ["need not exist", [a], ["a"], ["a"]],
    ["comes first when it is deployed for another reason", [a, b], ["a", "b"], ["b", "a"]],
    ["may call its caller back", [a, service("b", optional("a"))], ["a", "b"], ["a", "b"]],
    ["may need its caller, which then comes first", [a, service("b", { uses: ["a"] })], ["b"], ["a", "b"]],
    ["may be the caller itself", [service("a", optional("a"))], ["a"], ["a"]],
  ])("%s", (_what, services, roots, expected) => {
    expect(namesOf(closure(services, roots))).toEqual(expected);
  });

  it("has an edge where it is deployed, and none where it is not", () => {
    const edge = { from: "a", to: "b", port: 8080, protocol: "TCP" };
    expect(edges([a, b])).toContainEqual(edge);
    expect(edges([a])).toEqual([{ ...edge, from: testRunner, to: "a" }]);
  });
});

describe("an optional use of a service that is not known", () => {
  const check = (...services: Service[]) => {
    return () => {
      checkOptionalUses(services);
    };
  };

  it("is one sentence, with what was probably meant", () => {
    const front = service("front", optional("sesion-db"));
    expect(check(service("session-db"), front)).toThrow(
      new Error('service "sesion-db", which front may use, is not known: did you mean session-db?'),
    );
    expect(check(service("a"), front)).toThrow(
      new Error('service "sesion-db", which front may use, is not known: known are a, front'),
    );
  });

  it("is none where the service is known, in any order and in a cycle", () => {
    expect(check(service("a", optional("b")), service("b", optional("a")), service("c"))).not.toThrow();
    expect(check()).not.toThrow();
  });
});

const a = service("a", { uses: ["b"] });
const b = service("b", { uses: ["gone"] });
const advice = "make one of these uses optional";

describe("a wrong graph", () => {
  it.each<[string, Service[], string[], string]>([
    ["an unknown root", [b, a], ["xyz"], 'service "xyz" is not in the graph: known are a, b'],
    [
      "a root that is misspelt",
      [service("catalogue"), service("orders")],
      ["catalouge"],
      'service "catalouge" is not in the graph: did you mean catalogue?',
    ],
    [
      "an unknown dependency",
      [service("shop", { uses: ["catalog"] }), service("catalogue")],
      ["shop"],
      'service "catalog", which shop uses, is not in the graph: did you mean catalogue?',
    ],
    ["a root where there is nothing", [], ["a"], 'service "a" is not in the graph: known are none'],
    [
      "the test runner's name",
      [service(testRunner)],
      [],
      'service "test-runner" needs another name: this one is the test runner\'s',
    ],
    [
      "the name of what every namespace has",
      [service("default")],
      [],
      'service "default" needs another name: this one is that of the namespace\'s own service account',
    ],
    [
      "a name that all objects know",
      [service("constructor")],
      [],
      'service "constructor" needs another name: this one is what all objects of JavaScript have already',
    ],
    [
      "the readiness Job's name",
      [service("readiness")],
      [],
      'service "readiness" needs another name: this one is the readiness Job\'s',
    ],
    [
      "the test Job's name",
      [service("test")],
      [],
      'service "test" needs another name: this one is the test Job\'s',
    ],
    [
      "a name by which a pod reaches itself",
      [service("localhost")],
      [],
      'service "localhost" needs another name: this one is every pod\'s own in /etc/hosts',
    ],
    [
      "a use that is named twice",
      [service("a", { uses: ["b", "b"] }), b],
      [],
      'service "a" uses b twice: name it once',
    ],
    [
      "a use that is both needed and optional",
      [service("a", { uses: ["b"], ...optional("b") }), b],
      [],
      'service "a" uses b twice: name it once',
    ],
    [
      "a password of a service that there is not",
      [service("a", { passwords: { PASSWORD: "catalouge-db" } }), service("catalogue-db")],
      [],
      'service "catalouge-db", whose password a takes, is not in the graph: did you mean catalogue-db?',
    ],
    ["two of one name", [a, b, a], [], 'two services are named "a": give one of them another name'],
    [
      "a cycle behind the root",
      [service("root", { uses: ["a"] }), a, b, service("gone", { uses: ["a"] })],
      ["root"],
      `services use each other in a cycle: a -> b -> gone -> a: ${advice}`,
    ],
    [
      "a service that uses itself",
      [service("a", { uses: ["a"] })],
      ["a"],
      `services use each other in a cycle: a -> a: ${advice}`,
    ],
  ])("%s is one sentence", (_what, services, roots, sentence) => {
    expect(() => closure(services, roots)).toThrow(new Error(sentence));
  });

  it("has no edges and no variables, but the same sentence", () => {
    const sentence = new Error('service "gone", which b uses, is not in the graph: known are a, b');
    expect(() => edges([a, b])).toThrow(sentence);
    expect(() => environmentVariables(b, [a, b])).toThrow(sentence);
  });

  it("with a cycle always fails", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const [first, ...others] = closure(services, namesOf(services)).map((one) => ({
          ...one,
          optionalUses: [],
          passwords: {},
        }));
        const last = others.at(-1);
        fc.pre(first !== undefined && last !== undefined);
        // From any service there is now a way to `last` and back, through the first one.
        const linked = others.map((other) => ({
          ...other,
          uses: [...new Set([...(other.uses ?? []), first.name])],
        }));
        const cyclic = [{ ...first, uses: [last.name] }, ...linked];
        expect(() => closure(cyclic, [last.name])).toThrow(
          /^services use each other in a cycle: .* -> .*: make one of these uses optional$/,
        );
      }),
      runs,
    );
  });

  it("is repaired as the sentence about its cycle advises", () => {
    const cyclic = [service("a", { uses: ["b"] }), service("b", { uses: ["a"] })];
    expect(() => closure(cyclic, ["a"])).toThrow(advice);
    const repaired = [service("a", optional("b")), service("b", { uses: ["a"] })];
    expect(namesOf(closure(repaired, ["b"]))).toEqual(["a", "b"]);
  });
});

describe("edges", () => {
  it("are the uses, and some from the test runner to each service, on each of the container's ports", () => {
    fc.assert(
      fc.property(graphAndRoots, ([all, roots]) => {
        const services = closure(all, roots);
        const portsOf = (name: string) => {
          const found = services.filter((one) => one.name === name).flatMap(listening);
          return new Set(found.map(({ containerPort, protocol }) => `${protocol} ${String(containerPort)}`));
        };
        const wanted = (from: string, to: string) =>
          [...portsOf(to)].map((port) => `${from} -> ${to} ${port}`);
        const expected = services.flatMap((one) => [
          ...calledBy(one, services).flatMap((used) => wanted(one.name, used)),
          ...wanted(testRunner, one.name),
        ]);
        const found = edges(services).map(
          ({ from, to, port, protocol }) => `${from} -> ${to} ${protocol} ${String(port)}`,
        );
        expect(found.sort()).toEqual(expected.sort());
      }),
      runs,
    );
  });
});
