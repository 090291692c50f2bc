import { randomInt } from "node:crypto";

export interface PasswordRules {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  overrideSpecial?: string | undefined;
}

interface CharacterClass {
  characters: string[];
  used: boolean;
  minimum: number;
}

const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** A random password that keeps the rules; every character and every position is drawn without bias. */
export function composePassword(rules: PasswordRules): string {
  const classes = characterClasses(rules);
  const result = classes.flatMap(({ characters, minimum }) => draw(characters, minimum));
  const all = classes.filter(({ used }) => used).flatMap(({ characters }) => characters);
  return shuffle([...result, ...draw(all, rules.length - result.length)]).join("");
}

export function characterClasses(rules: PasswordRules): CharacterClass[] {
  const { overrideSpecial = "" } = rules;
  const special = overrideSpecial === "" ? SPECIAL : overrideSpecial;
  return [
    { characters: Array.from("abcdefghijklmnopqrstuvwxyz"), used: rules.lower, minimum: rules.minLower },
    { characters: Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), used: rules.upper, minimum: rules.minUpper },
    { characters: Array.from("0123456789"), used: rules.numeric, minimum: rules.minNumeric },
    { characters: Array.from(special), used: rules.special, minimum: rules.minSpecial },
  ];
}

function draw(characters: string[], count: number): string[] {
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] ?? "");
}

function shuffle(items: string[]): string[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [items[other] ?? "", items[last] ?? ""];
  }
  return items;
}
