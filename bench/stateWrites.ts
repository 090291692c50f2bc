import { mkdirSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";

/**
 * Counts how often the state of a stack is written in a backend that is a folder: each time, a file takes the place
 * of the one before. @returns what ends the count, and tells it.
 */
export function countStateWrites(backend: string, stack: string): () => number {
  let writes = 0;
  const stacks = join(backend, ".pulumi", "stacks");
  // The first contender may be one that has no stack.
  mkdirSync(stacks, { recursive: true });
  // One for each project: a recursive watch does not tell a file from the one that takes its place.
  const watchers = readdirSync(stacks).map((project) =>
    watch(join(stacks, project), (event, file) => {
      if (event === "rename" && file === `${stack}.json`) writes += 1;
    }),
  );
  return () => {
    for (const watcher of watchers) watcher.close();
    return writes;
  };
}
