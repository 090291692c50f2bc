import { readFileSync } from "node:fs";
import { code, markdownTable } from "./markdownTable.ts";

interface Type {
  type?: string;
  $ref?: string;
  items?: Type;
  additionalProperties?: Type;
  plain?: boolean;
}

interface Property extends Type {
  description?: string;
}

type Properties = Record<string, Property>;

interface ObjectType {
  properties?: Properties;
  required?: string[];
  enum?: { value: string; description?: string }[];
}

interface Component {
  description: string;
  inputProperties: Properties;
  requiredInputs: string[];
  properties: Properties;
}

interface Schema {
  types: Record<string, ObjectType>;
  resources: Record<string, Component>;
}

/** Gives the address of the section that describes a type. */
export type LinkTo = (type: string) => string;

const token = "dynamic-environments:index:";
const file = new URL("../../components/schema.json", import.meta.url);
const schema = JSON.parse(readFileSync(file, "utf8")) as Schema;

/** Names of all components. */
export const componentNames = Object.keys(schema.resources).map((name) => name.replace(token, ""));

/** Name of a component's page, without the ending. */
export function pageName(component: string): string {
  return component.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
}

export function componentTable(): string {
  const rows = componentNames
    .toSorted()
    .map((name) => [`[${name}](${pageName(name)}.md)`, firstSentence(component(name).description)]);
  return markdownTable(["component", "what it is"], rows);
}

export function argumentTable(name: string, link: LinkTo): string {
  const { inputProperties, requiredInputs } = component(name);
  return propertyTable(name, inputProperties, requiredInputs, link);
}

export function outputTable(name: string): string {
  const rows = Object.entries(component(name).properties).map(([key, property]) => [
    code(key),
    code(outputType(property)),
    meaningOf(name, key, property).meaning,
  ]);
  return rows.length === 0 ? "None." : markdownTable(["output", "type", "meaning"], rows);
}

/** What a type consists of; of one that has everything of `Service`, what it has besides. */
export function typeTable(name: string, link: LinkTo): string {
  const { properties = {}, required = [], enum: values } = typeNamed(name);
  if (values !== undefined)
    return markdownTable(
      ["value", "meaning"],
      values.map(({ value, description = "" }) => [code(value), description]),
    );
  const ofServices = Object.keys(typeNamed("Service").properties ?? {});
  const extendsService = name !== "Service" && ofServices.every((key) => key in properties);
  const own = Object.entries(properties).filter(([key]) => !(extendsService && ofServices.includes(key)));
  return propertyTable(name, Object.fromEntries(own), required, link);
}

function propertyTable(owner: string, properties: Properties, required: string[], link: LinkTo): string {
  const rows = Object.entries(properties).map(([key, property]) => {
    const { meaning, byDefault } = meaningOf(owner, key, property);
    const isRequired = required.includes(key);
    if (!isRequired && byDefault === undefined)
      throw new Error(`${owner}.${key} needs "Default: ..." at the end of its comment`);
    return [code(key), linked(property, link), isRequired ? "required" : (byDefault ?? ""), meaning];
  });
  return markdownTable(["name", "type", "default", "meaning"], rows);
}

function meaningOf(owner: string, key: string, { description }: Property) {
  if (description === undefined) throw new Error(`${owner}.${key} needs a comment`);
  const [meaning = "", byDefault] = description.replaceAll("\n", " ").split(/ Default: (.*)\.$/);
  return { meaning, byDefault };
}

function linked(property: Property, link: LinkTo): string {
  const [, type] = /#\/types\/[\w-]+:index:(\w+)/.exec(JSON.stringify(property)) ?? [];
  const text = code(inputType(property));
  return type === undefined ? text : `[${text}](${link(type)})`;
}

function inputType(type: Type): string {
  const text = shape(type, inputType);
  return type.plain === true ? text : `Input<${text}>`;
}

function outputType(type: Type): string {
  const text = shape(type, outputType);
  return type.type === "string" ? `Output<${text}>` : text;
}

function shape({ type, $ref, items, additionalProperties }: Type, nested: (type: Type) => string): string {
  if ($ref !== undefined) return decodeURIComponent($ref.split("/").at(-1) ?? "").replace(token, "");
  if (items !== undefined) return `${nested(items)}[]`;
  if (additionalProperties !== undefined) return `Record<string, ${nested(additionalProperties)}>`;
  return String(type);
}

function component(name: string): Component {
  const found = schema.resources[`${token}${name}`];
  if (found === undefined) throw new Error(`components/schema.json has no component ${name}`);
  return found;
}

function typeNamed(name: string): ObjectType {
  const found = schema.types[`${token}${name}`];
  if (found === undefined) throw new Error(`components/schema.json has no type ${name}`);
  return found;
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0].replaceAll("\n", " ") ?? text;
}
