import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences } from "../../cli/release/diffPaths.ts";
import { isSameQuantity } from "../../cli/release/diffQuantities.ts";
import { graphDifferences, imageDifferences, settingDifferences } from "../../cli/release/diffReleases.ts";
import { leavesOf, mutated } from "./leaves.ts";
import "./seed.ts";

const json = fc.jsonValue().map((value) => ({ value }));

describe("the differences of two things", () => {
  it("are none of a thing and itself", () => {
    fc.assert(
      fc.property(json, (thing) => {
        expect(differences(thing, structuredClone(thing))).toEqual([]);
      }),
    );
  });

  it("have each value that is another one", () => {
    fc.assert(
      fc.property(json, fc.nat(), (thing, index) => {
        const leaves = leavesOf(thing);
        const leaf = leaves[index % leaves.length] ?? [];
        expect(differences(thing, mutated(thing, leaf)), leaf.join(" ")).not.toEqual([]);
      }),
    );
  });

  it("are the same the other way round", () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const turned = differences(other, one).map(({ path, ...values }) => ({
          path,
          ...("to" in values && { from: values.to }),
          ...("from" in values && { to: values.from }),
        }));
        const byPath = (all: { path: string }[]) => all.sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(byPath(turned)).toEqual(byPath(differences(one, other)));
      }),
    );
  });

  const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: "1" })) });

  it.each([
    [{ a: { "x/y": 1, b: 2 } }, { a: { "x/y": 3, b: 2 } }, ['a["x/y"]']],
    [{ list: [1, 2] }, { list: [1, 3, 4] }, ["list[1]", "list[2]"]],
    [env("A", "B"), env("B"), ["env[A]"]],
    [env("A", "B"), env("B", "A"), ["env"]],
    [env("A", "A"), env("A", "B"), ["env[1].name"]],
    [{ a: [] }, { a: {} }, ["a"]],
    [{ a: undefined }, {}, []],
    [{ a: null }, {}, ["a"]],
  ])("%#: are named by their places", (from, to, paths) => {
    expect(differences(from, to).map(({ path }) => path)).toEqual(paths);
  });
});

it.each([
  ["1024Mi", "1Gi", true],
  ["1000m", "1", true],
  ["0.5", "500m", true],
  ["1000Ki", "1M", false],
  ["1e3", "1000", false],
  ["1", "2", false],
  ["a", "a b", false],
])("%s and %s are one quantity: %s", (one, other, isSame) => {
  expect(isSameQuantity(one, other, ["limits", "memory"])).toBe(isSame);
  expect(isSameQuantity(one, other, ["env", "value"])).toBe(false);
});

describe("two releases", () => {
  const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
  const lock = (digit: string, changes: object = {}) => ({
    images: { deals: `r/deals@${digest(digit)}`, catalogue: `r/catalogue@${digest(digit)}` },
    graph: {
      application: "deals",
      services: { deals: { image: `r/deals@${digest(digit)}`, port: 80, ...changes } },
      catalogue: {
        services: [{ name: "catalogue", image: { repository: "catalogue", digest: digest(digit) } }],
      },
    },
  });

  it("differ in images apart from their graph", () => {
    expect(imageDifferences(lock("1"), lock("2")).map(({ path }) => path)).toEqual(["catalogue", "deals"]);
    expect(graphDifferences(lock("1"), lock("2"))).toEqual([]);
    expect(graphDifferences(lock("1"), lock("2", { port: 81 }))).toEqual([
      { path: "services.deals.port", from: 80, to: 81 },
    ]);
  });

  it("differ in their graph by an image that is none of those that were deployed", () => {
    const other = lock("1", { image: "elsewhere" });
    expect(graphDifferences(lock("1"), other).map(({ path }) => path)).toEqual(["services.deals.image"]);
  });
});

it("settings differ within what is JSON", () => {
  const from = { "dynenv:scale": '{"deals":{"replicas":1}}', "dynenv:domain": "a", "a:b": "{" };
  const to = { "dynenv:scale": '{"deals":{"replicas":3}}', "a:b": "[" };
  expect(settingDifferences(from, to)).toEqual([
    { path: "a:b", from: "{", to: "[" },
    { path: "dynenv:domain", from: "a" },
    { path: "dynenv:scale.deals.replicas", from: 1, to: 3 },
  ]);
});
