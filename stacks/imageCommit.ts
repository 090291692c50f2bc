import { readFileSync, realpathSync } from "node:fs";
import { lastCommitOf } from "../foundation/checkout.ts";

/** What an image is built from, both relative to the program. */
interface Source {
  context: string;
  dockerfile: string;
}

/** Whether a Dockerfile asks for the commit, by `ARG COMMIT` in any of its stages. */
export function asksForCommit(dockerfile: string): boolean {
  // Instructions may go on over several lines, with comments between these.
  const text = readFileSync(dockerfile, "utf8").replace(/^\s*#.*\r?\n?/gm, "");
  const instructions = text.replace(/[\\`][ \t]*\r?\n/g, " ").split(/\r?\n/);
  return instructions.some((line) => /^\s*ARG\s(?:.*\s)?COMMIT(?:[=\s]|$)/i.test(line));
}

/**
 * The last commit that changed what an image is built from; nothing where git cannot tell. The oldest commit of a shallow
 * clone counts as one that changed everything, which costs a build and no more.
 */
export function lastChange({ context, dockerfile }: Source): string | undefined {
  // Of a link git only knows where it leads.
  return lastCommitOf([context, dockerfile].map((path) => realpathSync(path)));
}
