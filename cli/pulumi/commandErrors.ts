import { reasonIn } from "./engineEvents.ts";

/*
 * What the Pulumi CLI says where no engine is at work that would tell it in events. test/pulumiWords has what the version
 * prints that the tests run with.
 */

/** The reason of the first error that a command tells, in one line; nothing where it tells none. */
export function commandError(output: string): string | undefined {
  const [, error] = /^error: ([^]*)/m.exec(output) ?? [];
  return error && reasonIn(error);
}

/** Whether a command ended since there is no such stack. */
export function isNoStack(output: string): boolean {
  return /^error: no stack named /m.test(output);
}
