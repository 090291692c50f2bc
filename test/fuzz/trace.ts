import { readFileSync } from "node:fs";

/** Paths in a file of strace that were written to, without those below `allowed`. */
export function writtenElsewhere(trace: string, allowed: string[]): string[] {
  const paths = readFileSync(trace, "utf8").split("\n").flatMap(writtenBy);
  return paths.filter((path) => !allowed.some((folder) => path === folder || path.startsWith(`${folder}/`)));
}

/** One line: a call, its paths and flags, and what it gave. Calls that failed wrote nothing. */
function writtenBy(line: string): string[] {
  if (!/ = \d+$/.test(line)) return [];
  if (/\bopen(at)?\(/.test(line) && !/O_WRONLY|O_RDWR|O_CREAT/.test(line)) return [];
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = ""]) => path);
}
