import { z } from "zod";
import { checked, type Form } from "./form.ts";
import { imageForm } from "./imageName.ts";

const text: Form<string> = { schema: z.string().regex(/\S/), rule: "a text" };
const list: Form<unknown[]> = { schema: z.array(z.unknown()), rule: "a list" };
const command: Form = { schema: z.array(z.string().min(1)).min(1), rule: "a command" };

/** A name of a namespace (RFC 1123 label). */
const label: Form = {
  schema: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  rule: "a DNS label",
  example: "staging",
};

const part = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

/** A name of most objects (RFC 1123 subdomain). */
const subdomain: Form = {
  schema: z.string().regex(new RegExp(`^(?=.{1,253}$)${part}(\\.${part})*$`)),
  rule: "a DNS subdomain",
  example: "gitlab-registry",
};

/** @throws when it is not a text, or empty. */
export function checkText(argument: string, given: unknown, example: string): void {
  checked(argument, given, { ...text, example });
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
  for (const [index, name] of checked(argument, names, { ...list, example: `["${example}"]` }).entries())
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

/** @throws when a reference is not by digest. */
export function checkImage(argument: string, image: unknown): void {
  checked(argument, image, imageForm);
}
