import { door } from "./door.ts";

/**
 * Ends the process at once, whatever requests are still open, but not before all that it wrote was handed on: what a
 * slow reader of a pipe has not taken yet would be lost.
 */
export async function exitWith(code: number): Promise<never> {
  await door.flushed();
  process.exit(code);
}
