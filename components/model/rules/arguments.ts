import { z } from "zod";
import { checked, type Form, unknownKey } from "./form.ts";
import { imageForm, taggedForm } from "./imageName.ts";
import { subdomain as subdomainSource } from "./labelPatterns.ts";

const text: Form<string> = { schema: z.string().regex(/\S/), rule: "a text" };
const list = z.array(z.unknown());
const object = z.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const command: Form = { schema: z.array(z.string().min(1)).min(1), rule: "a command" };

/** A name of a namespace (RFC 1123 label). */
const label: Form = {
  schema: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  rule: "a DNS label",
  example: "staging",
};

/** A name of most objects (RFC 1123 subdomain). */
const subdomain: Form = {
  schema: z.string().regex(new RegExp(`^(?=.{1,253}$)${subdomainSource}$`)),
  rule: "a DNS subdomain",
  example: "gitlab-registry",
};

/** @throws when it is not a text, or empty. */
export function checkText(argument: string, given: unknown, example: string): void {
  checked(argument, given, { ...text, example });
}

/** @throws when it is not an object. */
export function checkObject(argument: string, value: unknown, rule: string): asserts value is object {
  checked(argument, value, { schema: object, rule });
}

/** @throws when it is not an object, or has a key that is not among the known ones. */
export function checkGroup(argument: string, group: unknown, known: string[]): void {
  checkObject(argument, group, `an object of ${known.join(", ")}`);
  const unknown = Object.keys(group).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(unknownKey(argument, unknown, known));
}

/** @throws when it is not a list. */
export function checkList(argument: string, value: unknown, rule: string, example: string): unknown[] {
  return checked(argument, value, { schema: list, rule, example });
}

/** @throws when it cannot be the name of a namespace. */
export function checkLabel(argument: string, name: unknown): void {
  checked(argument, name, label);
}

/** @throws when it cannot be the name of most objects. */
export function checkSubdomain(argument: string, name: unknown): void {
  checked(argument, name, subdomain);
}

/** @throws when it is not a text of this form. */
export function checkPattern(argument: string, given: unknown, pattern: RegExp, rule: string): void {
  checked(argument, given, { schema: z.string().regex(pattern), rule });
}

/** @throws when it is not a list of names, or one of them is empty. */
export function checkNames(argument: string, names: unknown, example: string): void {
  for (const [index, name] of checkList(argument, names, "a list", `["${example}"]`).entries())
    checkText(`${argument}[${String(index)}]`, name, example);
}

/** @throws when a command is not a list, or empty. */
export function checkCommand(argument: string, given: unknown, example: string[]): void {
  checked(argument, given, { ...command, example: JSON.stringify(example) });
}

/** @throws when a time is not a whole number of seconds, or too short or too long to make sense. */
export function checkSeconds(argument: string, seconds: number, min: number, max: number): void {
  const rule = `a whole number of seconds from ${String(min)} to ${String(max)}`;
  checked(argument, seconds, { schema: z.int().min(min).max(max), rule, example: "150" });
}

/** @throws when a reference is neither by tag nor by digest. */
export function checkTaggedImage(argument: string, image: unknown): void {
  checked(argument, image, taggedForm);
}

/** @throws when a reference is not by digest. */
export function checkImage(argument: string, image: unknown): void {
  checked(argument, image, imageForm);
}
