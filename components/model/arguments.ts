import { byDigest } from "./imageName.ts";
import { named, shown } from "./shown.ts";
import { suggestion } from "./suggestion.ts";

/** @throws when it is not a text, or empty. */
export function checkText(argument: string, text: unknown, example: string): void {
  if (text === undefined) throw new Error(`${argument} is missing: it must be a text, such as ${example}`);
  if (typeof text !== "string" || text.trim() === "")
    throw new Error(`${argument} is ${shown(text)} but must be a text, such as ${example}`);
}

/** @throws when it is not an object. */
export function checkObject(argument: string, value: unknown, must: string): asserts value is object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new Error(`${argument} is ${value === undefined ? "missing" : shown(value)} but must be ${must}`);
}

/** @throws when it is not an object, or has a key that is not among the known ones. */
export function checkGroup(argument: string, group: unknown, known: string[]): void {
  checkObject(argument, group, `an object of ${known.join(", ")}`);
  const unknown = Object.keys(group).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new Error(`${argument} has the unknown key ${named(unknown)}: ${suggestion(unknown, known)}`);
}

/** @throws when it cannot be the name of a namespace (RFC 1123 label). */
export function checkLabel(argument: string, name: unknown): void {
  checkPattern(argument, name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a DNS label, such as staging");
}

/** @throws when it cannot be the name of most objects (RFC 1123 subdomain). */
export function checkSubdomain(argument: string, name: unknown): void {
  const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  const pattern = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);
  checkPattern(argument, name, pattern, "a DNS subdomain, such as gitlab-registry");
}

/** @throws when it is not a text of this form. */
export function checkPattern(argument: string, text: unknown, pattern: RegExp, must: string): void {
  if (typeof text === "string" && pattern.test(text)) return;
  throw new Error(`${argument} is ${shown(text)} but must be ${must}`);
}

/** @throws when it is not a list of names, or one of them is empty. */
export function checkNames(argument: string, names: unknown, example: string): void {
  if (!Array.isArray(names))
    throw new Error(`${argument} is ${shown(names)} but must be a list, such as ["${example}"]`);
  for (const [index, name] of names.entries()) checkText(`${argument}[${String(index)}]`, name, example);
}

/** @throws when a command is not a list, or empty. */
export function checkCommand(argument: string, command: unknown, example: string[]): void {
  const isText = (part: unknown) => typeof part === "string" && part !== "";
  if (Array.isArray(command) && command.length > 0 && command.every(isText)) return;
  const given = command === undefined ? "missing" : shown(command);
  throw new Error(`${argument} is ${given} but must be a command, such as ${JSON.stringify(example)}`);
}

/** @throws when a time is not a whole number of seconds, or too short or too long to make sense. */
export function checkSeconds(argument: string, seconds: number, min: number, max: number): void {
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return;
  throw new Error(
    `${argument} is ${shown(seconds)} but must be a whole number of seconds from ${String(min)} to ${String(max)}, such as 150`,
  );
}

/** @throws when a reference is not by digest. */
export function checkImage(argument: string, image: unknown): void {
  const example = `registry.example.com/shop/deals@sha256:${"0".repeat(64)}`;
  checkPattern(argument, image, byDigest, `a reference by digest, such as ${example}`);
}
