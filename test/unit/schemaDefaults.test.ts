import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Property, type Schema, withDefaults } from "../../components/plugin/schemaDefaults.ts";
import "./seed.ts";

const level = "#/types/dynamic-environments:index:Level";

/** A schema with one component, which has one argument. */
function schemaOf(key: string, property: Property): Schema {
  return {
    types: { "dynamic-environments:index:Level": { enum: [{ value: "low" }, { value: "high" }] } },
    resources: { Page: { inputProperties: { [key]: property }, requiredInputs: [] } },
  };
}

function defaultOf(property: Property, key = "key"): unknown {
  return withDefaults(schemaOf(key, property)).resources.Page?.inputProperties[key]?.default;
}

const said = (text: string) => `What it is. Default: ${text}.`;
const word = fc.stringMatching(/^[a-z][-a-z0-9/.]{0,20}$/).filter((text) => text !== "key");

describe("a default in a comment", () => {
  it("is a value where it is a text, a number, or true or false, of the argument's type", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          word.map((value) => ({ type: "string", value })),
          fc.integer().map((value) => ({ type: "number", value })),
          fc.boolean().map((value) => ({ type: "boolean", value })),
          fc.constantFrom("low", "high").map((value) => ({ $ref: level, value })),
        ),
        fc.constantFrom(" ", "\n"),
        ({ value, ...type }, gap) => {
          const description = said(`\`${String(value)}\``).replace("Default: ", `Default:${gap}`);
          expect(defaultOf({ ...type, description })).toBe(value);
        },
      ),
    );
  });

  it.each<[string, Property]>([
    ["more than a value", { type: "number", description: said("`600`, or none") }],
    ["a sentence", { type: "string", description: said("the image's") }],
    ["an empty list", { type: "array", description: said("`[]`") }],
    ["no number", { type: "number", description: said("`port`") }],
    ["no value of an enumeration", { $ref: level, description: said("`none`") }],
    ["an object's short form", { $ref: "#/types/x:index:Image", description: said("`docker.io`") }],
    ["absent", { type: "string", description: "What it is, `a`." }],
    ["absent, and the comment, too", { type: "string" }],
  ])("is no value where it is %s", (_what, property) => {
    expect(defaultOf(property)).toBeUndefined();
  });

  it("that names another argument is that one's value", () => {
    expect(defaultOf({ type: "string", description: said("`image`") }, "image")).toBeUndefined();
  });

  it("changes nothing else, and nothing a second time", () => {
    fc.assert(
      fc.property(word, (text) => {
        const schema = schemaOf("key", { type: "string", description: said(`\`${text}\``) });
        const once = withDefaults(schema);
        expect(withDefaults(once)).toEqual(once);
        expect(once.types).toEqual(schema.types);
        expect(schema.resources.Page?.inputProperties.key).not.toHaveProperty("default");
      }),
    );
  });
});
