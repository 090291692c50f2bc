import { RunError } from "@pulumi/pulumi";

/** Runs a check of a component's arguments. @throws its sentence, headed by the component's class and name. */
export function validated<T>(component: string, name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(`${component} "${name}": ${(error as Error).message}`);
  }
}
