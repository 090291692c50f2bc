import { z } from "zod";
import { named, shown } from "./shown.ts";
import { suggestion } from "./suggestion.ts";

/** What a value must be: how that is checked, and how a sentence says it. */
export interface Form<T = unknown> {
  schema: z.ZodType<T>;
  /** Completes "must be ...". */
  rule: string;
  /** One that is right; absent where the rule names all that are. */
  example?: string;
}

/**
 * What a value must be, as a sentence says it.
 * @param wrong what its schema says of the value, of which nothing may be wrong but its length.
 */
export function mustBe({ rule, example }: Omit<Form, "schema">, wrong?: z.ZodError): string {
  const longest = wrong?.issues.map((issue) =>
    issue.code === "too_big" && issue.origin === "string" ? issue.maximum : undefined,
  );
  if (longest?.[0] !== undefined && !longest.includes(undefined))
    return `at most ${String(longest[0])} characters long`;
  return example === undefined ? rule : `${rule}, such as ${example}`;
}

/** The sentence on a wrong value: the thing, the value, the rule, one that is right. */
export function refusal(what: string, value: unknown, must: string): string {
  if (value === undefined) return `${what} is missing: it must be ${must}`;
  return `${what} is ${shown(value)} but must be ${must}`;
}

/** The value as its form makes it. @throws the sentence on a wrong one. */
export function checked<T>(what: string, value: unknown, form: Form<T>): T {
  const result = form.schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(refusal(what, value, mustBe(form, result.error)));
}

/** The form of a text that is one of some. @param otherwise what else may be done, such as `unset for all`. */
export function oneOf<T extends string>(texts: readonly T[], otherwise?: string): Form<T> {
  const all = otherwise === undefined ? texts : [...texts, otherwise];
  return {
    schema: z.enum(texts),
    rule: all.join(", ").replace(/, (?=[^,]*$)/, otherwise === undefined ? " or " : ", or "),
  };
}

/**
 * The sentence on what is wrong within a value, whose schema has the rules as its messages.
 * @param where what is wrong, by its path.
 * @param known the keys that the object there may have.
 */
export function refusalWithin(
  whole: unknown,
  issue: z.core.$ZodIssue,
  where: string,
  known: string[],
): string {
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return unknownKey(where, key, known);
  }
  if (issue.code === "invalid_key")
    return `${where} must have as its key ${issue.issues[0]?.message ?? "another text"}`;
  return refusal(where, valueAt(whole, issue.path), issue.message);
}

/** The sentence on a key that there is not. */
export function unknownKey(where: string, key: string, known: string[]): string {
  return `${where} has the unknown key ${named(key)}: ${suggestion(key, known)}`;
}

/** How a sentence names a place within a value: `[0].cpu`. */
export function placeWithin(path: PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${String(key)}]` : `.${named(String(key))}`))
    .join("");
}

export function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
}
