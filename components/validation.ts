import { Output, RunError } from "@pulumi/pulumi";

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
  inputs: string[],
  check: () => T,
): T {
  return explained(component, name, () => {
    for (const [key, value] of Object.entries(args)) {
      if (!inputs.includes(key) && Output.isInstance(value))
        throw new Error(
          `${key} is an output but must be known when the program runs: give a plain value, with outputs or secrets only within`,
        );
    }
    return check();
  });
}

/** Runs a check. @throws its sentence, headed by the component's class and name. */
export function explained<T>(component: string, name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (RunError.isInstance(error)) throw error;
    throw new RunError(`${component} "${name}": ${(error as Error).message}`);
  }
}
