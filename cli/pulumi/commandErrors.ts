/*
 * What the Pulumi CLI says where no engine is at work that would tell it in events. test/pulumiWords has what the version
 * prints that the tests run with.
 */

/** The first error among the lines of a command; nothing where there is none. */
export function commandError(output: string): string | undefined {
  return /^error: (.*)/m.exec(output)?.[1];
}

/** Whether a command ended since there is no such stack. */
export function isNoStack(output: string): boolean {
  return /^error: no stack named /m.test(output);
}
