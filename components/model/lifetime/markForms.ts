import { z } from "zod";
import { checked, type Form, refusal } from "../rules/form.ts";
import type { Marks } from "../objects/labels.ts";
import { stackForm } from "../rules/names.ts";
import { kindForm } from "./kind.ts";
import { trustForm } from "./trust.ts";

/** A mark is told in one line, to people and in the logs of CI systems. */
const line: Form<string> = {
  schema: z.string().regex(/^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{1,512}$/u),
  rule: "a line of 1 to 512 characters without control characters",
};
export const projectForm: Form<string> = { ...line, example: "shop/deals" };
export const refForm: Form<string> = { ...line, example: "feature/login" };
export const mergeRequestForm: Form<string> = {
  schema: z.string().regex(/^[1-9]\d{0,9}$/),
  rule: "the number of a merge request or pull request",
  example: "12",
};

/**
 * The form of each mark but for the times, which `lifeSpan` reads. Whoever may create a namespace can write anything
 * else into its annotations.
 */
const forms: Record<keyof Omit<Marks, "ttl" | "deployed" | "expires">, Form<string>> = {
  project: projectForm,
  ref: refForm,
  commit: { ...line, example: "9dff06f" },
  stack: { ...stackForm, rule: "the name of an environment's stack" },
  trust: trustForm,
  mergeRequest: mergeRequestForm,
  kind: kindForm,
  tested: {
    schema: z.string().regex(/^readiness-[a-z2-7]{12}$/),
    rule: "what a readiness Job asked",
  },
  pinned: {
    schema: z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{0,512}$/u),
    rule: "a line of at most 512 characters",
  },
};

/** What is wrong with the form of marks, in words; nothing where all that are there have theirs. */
export function malformed(marks: Partial<Marks>): string | undefined {
  for (const [mark, form] of Object.entries(forms)) {
    const value = marks[mark as keyof Marks];
    if (value !== undefined && !form.schema.safeParse(value).success)
      return refusal(`dynenv/${mark}`, value, form.rule);
  }
  return undefined;
}

/** The marks that have their form. */
export function wellFormed(marks: Partial<Marks>): Partial<Marks> {
  const entries = Object.entries(forms).map(([mark, { schema }]) => [
    mark,
    schema.safeParse(marks[mark as keyof Marks]).data,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<Marks>;
}

/**
 * @param argument name of the mark, with the group in front if there is one: `identity.ref`.
 * @throws when it could not be told by the marks of a namespace.
 */
export function checkMark(argument: string, value: unknown): void {
  checked(argument, value, forms[argument.split(".").at(-1) as keyof typeof forms]);
}
