import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../foundation/failure.ts";
import type { Junit } from "./junit.ts";

/** How a suite ended. */
export interface EndedSuite {
  name: string;
  /** What its results say, where it writes them. */
  counts?: Junit;
  /** Why it failed; nothing where it passed. */
  failure?: Failure;
}

/** How suites ended, as a table in Markdown: nothing in it comes from the tests but numbers. */
export function summaryOf(suites: EndedSuite[]): string {
  const rows = suites.map(({ name, counts, failure }) => {
    const numbers = [counts?.tests, counts?.failed, counts?.skipped].map((count) => String(count ?? ""));
    return [name, failure === undefined ? "passed" : "failed", ...numbers];
  });
  const lines = [["suite", "result", "tests", "failed", "skipped"], Array<string>(5).fill("---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Writes it beside the results, for a CI system's page. */
export async function writeSummary(folder: string, suites: EndedSuite[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "summary.md"), summaryOf(suites));
}
