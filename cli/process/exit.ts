import { door } from "./door.ts";

/** Ends a command with a code that is not ours: that of a program which it ran. */
export class EndedWith extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with ${String(exitCode)}`);
    this.exitCode = exitCode;
  }
}

/**
 * Ends the process at once, whatever requests are still open, but not before all that it wrote was handed on: what a
 * slow reader of a pipe has not taken yet would be lost.
 */
export async function exitWith(code: number): Promise<never> {
  await door.flushed();
  process.exit(code);
}
