import { lstatSync } from "node:fs";
import type { ResultsArguments } from "./arguments.ts";
import { resultsReport } from "./results.ts";

// Prints a results file into its own log once the tests are over, which the kubelet says by SIGTERM. It comes after this
// program's start in nearly all runs; where it was too early to be heard, or an injected container keeps the pod from
// ending, the file is printed all the same, when it has not changed for a moment.
const { path } = JSON.parse(process.argv.at(-1) ?? "") as ResultsArguments;
/** How often it is printed before the end. */
let left = 3;
let printed = "";
let before = "";

process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(resultsReport(path, true))}\n`, () => process.exit(0));
});

setInterval(() => {
  const now = stamp();
  if (now !== "" && now === before && now !== printed && left > 0) {
    left -= 1;
    printed = now;
    process.stdout.write(`${JSON.stringify(resultsReport(path, false))}\n`);
  }
  before = now;
}, 500);

/** Changes with the file; empty as long as there is none. */
function stamp(): string {
  try {
    const { size, mtimeMs } = lstatSync(path);
    return `${String(size)} ${String(mtimeMs)}`;
  } catch {
    return "";
  }
}
