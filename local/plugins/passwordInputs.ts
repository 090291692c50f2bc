import type { CheckFailure } from "@pulumi/pulumi/provider/provider.js";
import type { PasswordRules } from "./password.ts";
import { isObject, isUnknown, plainProps, type Props } from "./values.ts";

const DEFAULTS = {
  lower: true,
  upper: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};
const CLASSES = ["lower", "upper", "numeric", "special"] as const;
const MINIMUMS = {
  lower: "minLower",
  upper: "minUpper",
  numeric: "minNumeric",
  special: "minSpecial",
} as const;
const SWITCHES = [...CLASSES, "number"];
const COUNTS = ["length", ...Object.values(MINIMUMS)];
const NAMES = [...SWITCHES, ...COUNTS, "overrideSpecial", "keepers"];

/** The inputs with the official provider's defaults; `number` is the deprecated twin of `numeric`. */
export function resolvePasswordInputs(inputs: Props): Props & PasswordRules {
  const given = plainProps(inputs);
  const numeric = given.numeric ?? given.number ?? true;
  return { ...DEFAULTS, ...given, number: numeric, numeric } as unknown as Props & PasswordRules;
}

/** What is wrong with the inputs, one sentence each. */
export function passwordProblems(inputs: Props): CheckFailure[] {
  const given = plainProps(inputs);
  const problems = [...shapeProblems(given)];
  const undecided = Object.values(given).some(isUnknown);
  return problems.length > 0 || undecided ? problems : contradictions(given);
}

function* shapeProblems(given: Props): Generator<CheckFailure> {
  if (given.length === undefined) yield failure("length", "is required, for example 16");
  for (const [name, value] of Object.entries(given)) {
    if (!NAMES.includes(name)) yield failure(name, `is not an input; the inputs are ${NAMES.join(", ")}`);
    else if (!isUnknown(value)) yield* valueProblems(name, value);
  }
}

function* valueProblems(name: string, value: unknown): Generator<CheckFailure> {
  if (SWITCHES.includes(name) && typeof value !== "boolean") yield failure(name, "must be true or false");
  const least = name === "length" ? 1 : 0;
  if (COUNTS.includes(name) && !(Number.isInteger(value) && (value as number) >= least)) {
    yield failure(name, `must be a whole number of at least ${String(least)}`);
  }
  if (name === "overrideSpecial" && typeof value !== "string") yield failure(name, "must be a string");
  const isKeepers = isObject(value) && Object.values(value).every((item) => typeof item === "string");
  if (name === "keepers" && !isKeepers) yield failure(name, "must be a map of strings");
}

function contradictions(given: Props): CheckFailure[] {
  const rules = resolvePasswordInputs(given);
  const problems: CheckFailure[] = [];
  if (given.number !== undefined && given.number !== rules.numeric) {
    problems.push(failure("number", "contradicts numeric: set numeric only"));
  }
  if (!CLASSES.some((name) => rules[name])) {
    problems.push(failure("length", "cannot be met: set one of lower, upper, numeric, special to true"));
  }
  for (const name of CLASSES) {
    const minimum = MINIMUMS[name];
    if (!rules[name] && rules[minimum] > 0) problems.push(failure(minimum, `contradicts ${name}: false`));
  }
  const sum = CLASSES.reduce((total, name) => total + rules[MINIMUMS[name]], 0);
  if (sum > rules.length) {
    problems.push(failure("length", `must be at least the sum of the minimums, ${String(sum)}`));
  }
  return problems;
}

/** The inputs whose change asks for a new password; an unset value, an empty text and an empty map are the same. */
export function changedPasswordInputs(olds: Props, news: Props): string[] {
  const [before, after] = [resolvePasswordInputs(olds), resolvePasswordInputs(news)];
  return NAMES.filter((name) => canonical(before[name]) !== canonical(after[name])).sort();
}

function canonical(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value ?? "");
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? canonical(undefined) : JSON.stringify(entries);
}

function failure(property: string, rule: string): CheckFailure {
  return { property, reason: `${property} ${rule}` };
}
