import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Property, type Schema, statedDefault } from "../../components/plugin/schemaDefaults.ts";
import { projectRoot } from "../../foundation/folders.ts";

const file = join(projectRoot, "components", "schema.json");
const { types, resources } = JSON.parse(readFileSync(file, "utf8")) as Schema;

/** All arguments, by owner and name. */
const all = [
  ...Object.entries(types).map(([owner, { properties = {}, required = [] }]) => ({
    ...{ owner, properties, required },
  })),
  ...Object.entries(resources).map(([owner, { inputProperties, requiredInputs }]) => ({
    ...{ owner, properties: inputProperties, required: requiredInputs },
  })),
].flatMap(({ owner, properties, required }) =>
  Object.entries(properties).map(([key, property]) => ({
    title: `${owner.replace(/.*:/, "")}.${key}`,
    isRequired: required.includes(key),
    property,
  })),
);

describe("components/schema.json", () => {
  it("says of each argument that is optional what holds without it, and of no other", () => {
    expect(all.length).toBeGreaterThan(300);
    const advice = 'end its comment with "Default: ...", or take that away where it is required';
    const wrong = all.filter(
      ({ isRequired, property }) => isRequired !== (statedDefault(property) === undefined),
    );
    expect(
      wrong.map(({ title }) => title),
      advice,
    ).toEqual([]);
  });

  it("has as values the defaults that are texts, numbers, or true or false", () => {
    const stated = all.filter(({ property }) => property.default !== undefined);
    expect(stated.length).toBeGreaterThan(40);
    for (const { title, property } of stated)
      expect(statedDefault(property), title).toBe(`\`${String(property.default)}\``);
    const byTitle = Object.fromEntries(all.map(({ title, property }) => [title, property]));
    expect(
      Object.fromEntries(
        [
          "Task.withinSeconds",
          "Service.readOnlyRootFilesystem",
          "TestSuite.name",
          "EphemeralEnvironment.trust",
          // Another argument's value, or several answers.
          "ServiceDeployment.readinessImage",
          "TestRunner.testWithinSeconds",
          "Lifetime.ttl",
        ].map((title) => [title, valueOf(byTitle[title])]),
      ),
    ).toEqual({
      "Task.withinSeconds": 3600,
      "Service.readOnlyRootFilesystem": true,
      "TestSuite.name": "test",
      "EphemeralEnvironment.trust": "trusted",
      "ServiceDeployment.readinessImage": "none",
      "TestRunner.testWithinSeconds": "none",
      "Lifetime.ttl": "none",
    });
  });
});

function valueOf(property?: Property) {
  expect(property).toBeDefined();
  return property?.default ?? "none";
}
