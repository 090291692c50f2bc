import { z } from "zod";
import type { Marks } from "./labels.ts";
import { isStackName } from "./names.ts";
import { shown } from "./shown.ts";
import { Trust } from "./trust.ts";

/** A mark is told in one line, to people and in the logs of CI systems. */
const line = {
  schema: z.string().regex(/^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{1,512}$/u),
  must: "a line of 1 to 512 characters without control characters",
};
/**
 * The form of each mark but for the times, which `lifeSpan` reads. Whoever may create a namespace can write anything
 * else into its annotations.
 */
const forms: Record<
  keyof Omit<Marks, "ttl" | "deployed" | "expires">,
  { schema: z.ZodType<string>; must: string }
> = {
  ...{ project: line, ref: line, commit: line },
  stack: { schema: z.string().refine(isStackName), must: "the name of an environment's stack" },
  trust: { schema: z.enum(Trust), must: Object.values(Trust).join(" or ") },
  pinned: {
    schema: z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{0,512}$/u),
    must: "a line of at most 512 characters",
  },
};

/** What is wrong with the form of marks, in words; nothing where all that are there have theirs. */
export function malformed(marks: Partial<Marks>): string | undefined {
  for (const [mark, { schema, must }] of Object.entries(forms)) {
    const value = marks[mark as keyof Marks];
    if (value !== undefined && !schema.safeParse(value).success)
      return `dynenv/${mark} is ${shown(value)} but must be ${must}`;
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

/** @throws when it could not be told by the marks of a namespace. */
export function checkMark(argument: string, value: unknown): void {
  if (!line.schema.safeParse(value).success)
    throw new Error(`${argument} is ${shown(value)} but must be ${line.must}`);
}
