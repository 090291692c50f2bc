import { watch } from "node:fs";

/**
 * Counts how often the state of a stack is written in a backend that is a folder: each time, a file takes the place
 * of the one before. @returns what ends the count, and tells it.
 */
export function countStateWrites(backend: string, stack: string): () => number {
  let writes = 0;
  const watcher = watch(backend, { recursive: true }, (event, file) => {
    if (event === "rename" && file?.endsWith(`/${stack}.json`)) writes += 1;
  });
  return () => {
    watcher.close();
    return writes;
  };
}
