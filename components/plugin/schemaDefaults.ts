/** What a schema says of an argument. */
export interface Property {
  type?: string;
  $ref?: string;
  description?: string;
  default?: string | number | boolean;
}

type Properties = Record<string, Property>;

export interface Schema {
  types: Record<string, { properties?: Properties; required?: string[]; enum?: { value: unknown }[] }>;
  resources: Record<string, { inputProperties: Properties; requiredInputs: string[] }>;
}

/**
 * The schema with each default that is a text, a number, or true or false, which the analysis of the sources leaves in
 * the comments: packages for other languages take it from here.
 */
export function withDefaults<S extends Schema>(schema: S): S {
  const values = (reference: string) => {
    const type = schema.types[decodeURIComponent(reference).replace("#/types/", "")];
    return type?.enum?.map(({ value }) => value) ?? [];
  };
  const complete = (properties: Properties) =>
    mapped(properties, (property) => {
      const literal = literalDefault(property, Object.keys(properties), values);
      return literal === undefined ? property : { ...property, default: literal };
    });
  return {
    ...schema,
    types: mapped(schema.types, (type) =>
      type.properties === undefined ? type : { ...type, properties: complete(type.properties) },
    ),
    resources: mapped(schema.resources, (resource) => ({
      ...resource,
      inputProperties: complete(resource.inputProperties),
    })),
  };
}

/** What a comment says of an argument that is left out; nothing where it is required. */
export function statedDefault({ description = "" }: Property): string | undefined {
  return /\sDefault:\s(.*)\.$/s.exec(description)?.[1];
}

/**
 * The value that stands in a comment as the whole default.
 * @param arguments_ the names beside it: a default such as `image` is that argument's value, not a text.
 * @param values those of an enumeration, by its reference.
 */
function literalDefault(
  property: Property,
  arguments_: string[],
  values: (reference: string) => unknown[],
): string | number | boolean | undefined {
  const [, text] = /^`([^`]+)`$/.exec(statedDefault(property) ?? "") ?? [];
  if (text === undefined || arguments_.includes(text)) return undefined;
  const { type, $ref } = property;
  if ($ref !== undefined) return values($ref).includes(text) ? text : undefined;
  if (type === "string") return text;
  if (type === "number" && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && ["true", "false"].includes(text)) return text === "true";
  return undefined;
}

function mapped<From, To>(record: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
