import { type Form, oneOf } from "../rules/form.ts";
import { looksComputed } from "../rules/names.ts";
import { shown } from "../rules/shown.ts";
import type { Marks } from "../objects/labels.ts";
import { Trust } from "./trust.ts";

/** What an environment is there for. */
export const EnvironmentKind = {
  /** For one commit or branch; its time to live ends it. */
  preview: "preview",
  /** For one release after the other, such as production: it stays until somebody removes it by its name. */
  standing: "standing",
} as const;

/** What an environment is there for. */
export type EnvironmentKind = (typeof EnvironmentKind)[keyof typeof EnvironmentKind];

export const kindForm: Form<EnvironmentKind> = oneOf(Object.values(EnvironmentKind));

/** Whether marks are those of an environment that stays until somebody removes it by its name. */
export function isStanding({ kind }: Partial<Marks>): boolean {
  return kind === EnvironmentKind.standing;
}

/** @throws when an environment that stays is to have a name that a preview may have. */
export function checkStandingName(kind: string | undefined, stack: string): void {
  if (kind !== EnvironmentKind.standing) return;
  if (stack === "releases")
    throw new Error(
      `kind is standing, but the stack is ${shown(stack)}, as the folder with all releases on the branch stable is called: name another, such as production`,
    );
  if (!looksComputed(stack)) return;
  throw new Error(
    `kind is standing, but the stack is ${shown(stack)}, as previews are called: their commands name stacks by a branch, a dash and 12 letters and digits; name one of another form, such as production`,
  );
}

/**
 * @param ttl name of what would set a time to live, where one is set.
 * @throws when an environment that stays is to have an end, or runs code of anybody.
 */
export function checkKind(
  kind: EnvironmentKind,
  trust: string,
  ttl: { name: string; value: string | undefined },
): void {
  if (kind !== EnvironmentKind.standing) return;
  if (trust !== Trust.trusted)
    throw new Error(`kind is standing, but trust is ${shown(trust)}: code of anybody runs in previews alone`);
  if (ttl.value !== undefined)
    throw new Error(
      `${ttl.name} is ${shown(ttl.value)}, but kind is standing, which has no end: leave one of the two out`,
    );
}
