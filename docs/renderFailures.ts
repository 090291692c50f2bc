// Rewrites what was seen of each cause, from the results of `npm run test:failures`: `npm run docs:failures`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import type { Diagnosed } from "../test/failures/diagnose.ts";
import { code, markdownTable } from "./render/markdownTable.ts";

const page = join(import.meta.dirname, "failures.md");
const results = join(import.meta.dirname, "..", "test", "failures", "results", "results.json");

/** What was told of each broken environment, and how long after it was made. */
function seenTable(diagnosed: Diagnosed[]): string {
  const sorted = diagnosed.toSorted((a, b) => `${a.cause} ${a.what}`.localeCompare(`${b.cause} ${b.what}`));
  const rows = sorted.map(({ cause, what, seconds, sentence }) => [
    code(cause),
    what,
    seconds.toFixed(0),
    withoutNames(sentence),
  ]);
  return markdownTable(["cause", "produced by", "seconds", "the last line"], rows);
}

/** What differs from run to run is left out. */
function withoutNames(text: string): string {
  return text
    .replace(/\d+\.\d+\.\d+\.\d+:(\d+)/g, "registry:$1")
    .replace(/\b(?:env-)?(broken|silent)-[0-9a-f]{8}\b/g, "$1")
    .replace(/\/\S*\/(kubelet\/seccomp\/)/g, "/var/lib/$1")
    .replace(/\/\S*\/(containerd-mount)\d+/g, "$1")
    .replace(/sha256:[0-9a-f]{64}/g, "sha256:...");
}

if (!existsSync(results)) {
  process.stderr.write("there are no results: npm run test:failures writes them\n");
  process.exit(1);
}
const table = seenTable(JSON.parse(readFileSync(results, "utf8")) as Diagnosed[]);
const text = readFileSync(page, "utf8").replace(
  /<!-- seen -->.*<!-- end of seen -->/s,
  `<!-- seen -->\n\n${table}\n\n<!-- end of seen -->`,
);
writeFileSync(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
