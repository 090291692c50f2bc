import { Output, RunError } from "@pulumi/pulumi";
import { checkImage, checkLabel, checkMark, checkSubdomain, checkText, shown } from "./model/index.ts";

type Check = (argument: string, value: unknown) => void;

const isText =
  (example: string): Check =>
  (argument, value) => {
    checkText(argument, value, example);
  };

const isMark =
  (mark: Parameters<typeof checkMark>[0]): Check =>
  (_argument, value) => {
    checkMark(mark, value);
  };

/** What holds for the arguments that may be known only later, where they are known already. */
const inputChecks = {
  namespace: checkLabel,
  image: checkImage,
  readinessImage: checkImage,
  secretName: checkSubdomain,
  serviceAccountName: checkSubdomain,
  testServiceAccount: checkSubdomain,
  project: isMark("project"),
  ref: isMark("ref"),
  commit: isMark("commit"),
  dockerConfig: isText('{"auths": {}}'),
} satisfies Record<string, Check>;

/**
 * Checks a component's arguments.
 * @param inputs names of the arguments that may be known only later. Programs in YAML can give an output for any
 * argument, and one in the place of `false` or of a list would be taken for something else without a word.
 * @throws one sentence, headed by the component's class and name.
 */
export function validated<T>(
  component: string,
  name: string,
  args: object,
  inputs: (keyof typeof inputChecks)[],
  check: () => T,
): T {
  return explained(component, name, () => {
    for (const [key, value] of Object.entries(args)) {
      if (Output.isInstance(value) && !inputs.some((input) => input === key))
        throw new Error(
          `${key} is an output but must be known when the program runs: give a plain value, with outputs or secrets only within`,
        );
    }
    const given = args as Partial<Record<keyof typeof inputChecks, unknown>>;
    // An output or a promise is known only later.
    for (const input of inputs) if (typeof given[input] === "string") inputChecks[input](input, given[input]);
    return check();
  });
}

/** Runs a check. @throws its sentence, headed by the component's class and name. */
export function explained<T>(component: string, name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (RunError.isInstance(error)) throw error;
    throw new RunError(`${component} ${shown(name)}: ${(error as Error).message}`);
  }
}
