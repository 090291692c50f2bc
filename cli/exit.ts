import type { Writable } from "node:stream";

/**
 * Ends the process at once, whatever requests are still open, but not before all that it wrote was handed on: what a
 * slow reader of a pipe has not taken yet would be lost.
 */
export async function exitWith(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(handedOn));
  process.exit(code);
}

async function handedOn(stream: Writable): Promise<void> {
  // Nobody reads it any more.
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.write("", () => {
      resolve();
    });
  });
}
