import { Output, RunError } from "@pulumi/pulumi";
import {
  checkImage,
  checkLabel,
  checkMark,
  checkSubdomain,
  checkTaggedImage,
  checkText,
  shown,
} from "./model/index.ts";

type Check = (argument: string, value: unknown) => void;

const isText =
  (example: string): Check =>
  (argument, value) => {
    checkText(argument, value, example);
  };

/** What holds for the arguments that may be known only later, where they are known already. */
const inputChecks = {
  namespace: checkLabel,
  image: checkImage,
  readinessImage: checkImage,
  secretName: checkSubdomain,
  serviceAccountName: checkSubdomain,
  testServiceAccount: checkSubdomain,
  project: checkMark,
  ref: checkMark,
  commit: checkMark,
  dockerConfig: isText('{"auths": {}}'),
  // Of an environment, which asks for the digest.
  "application.image": checkTaggedImage,
} satisfies Record<string, Check>;

type Input = keyof typeof inputChecks;

/**
 * Checks a component's arguments.
 * @param inputs names of the arguments that may be known only later, with the group in front: `readiness.image`. Programs in YAML can give an output for any
 * argument, and one in the place of `false` or of a list would be taken for something else without a word.
 * @param groups names of the arguments whose parts are looked at in the same way.
 * @throws one sentence, headed by the component's class and name.
 */
export function validated<T>(
  component: string,
  name: string,
  args: object,
  inputs: (Input | `${string}.${Input}`)[],
  check: () => T,
  groups: string[] = [],
): T {
  return explained(component, name, () => {
    const given = parts(args, groups);
    for (const [key, value] of given) {
      if (Output.isInstance(value) && !inputs.some((input) => input === key))
        throw new Error(
          `${key} is an output but must be known when the program runs: give a plain value, with outputs or secrets only within`,
        );
    }
    // An output or a promise is known only later.
    for (const input of inputs) {
      const value = given.get(input);
      if (typeof value === "string") checkOf(input)(input, value);
    }
    return check();
  });
}

/** By its whole name, or by that within its group. */
function checkOf(input: string): Check {
  const checks: Record<string, Check> = inputChecks;
  return checks[input] ?? checks[input.split(".").at(-1) ?? ""] ?? (() => undefined);
}

/** Arguments by name; of those that are groups the parts, too. */
function parts(args: object, groups: string[]): Map<string, unknown> {
  const within = ([key, value]: [string, unknown]): [string, unknown][] => {
    if (!groups.includes(key) || typeof value !== "object" || value === null || Output.isInstance(value))
      return [[key, value]];
    return Object.entries(value).map(([part, content]) => [`${key}.${part}`, content]);
  };
  return new Map(Object.entries(args).flatMap(within));
}

/** Runs a check. @throws its sentence, headed by the component's class and name. */
export function explained<T>(component: string, name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (RunError.isInstance(error)) throw error;
    throw sentenceError(`${component} ${shown(name)}: ${(error as Error).message}`);
  }
}

/** An error that stays the sentence that it is: Pulumi puts the name of each property before it that it comes by. */
export function sentenceError(sentence: string): RunError {
  const error = new RunError(sentence);
  Object.defineProperty(error, "message", { get: () => sentence, set: () => undefined });
  return error;
}
