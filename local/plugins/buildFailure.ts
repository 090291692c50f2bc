import { stripVTControlCharacters } from "node:util";
import type { DockerFailure } from "./dockerCli.ts";

/** How many of a command's last lines are told. */
const toldLines = 3;

/**
 * Where a build failed, and of what, as one sentence: the Dockerfile with the step, or with the line that BuildKit
 * names; what the step printed last; and the builder's reason.
 */
export function failedStep(dockerfile: string, { message, output }: DockerFailure): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.replace(/^#\d+ (\d+\.\d+ )?/, "").trim())
    .filter((line) => line !== "");
  const reason = lines.at(-1) ?? message;
  const place = lineIn(lines) ?? stepIn(lines) ?? "";
  const printed = printedIn(lines).slice(-toldLines).join("; ");
  const told = printed === "" ? reason : `${printed} (${reason})`;
  return `${dockerfile} failed${place}: ${told}`;
}

/** As BuildKit tells it: `Dockerfile:3`. */
function lineIn(lines: string[]): string | undefined {
  const line = lines.map((text) => /^\S+:(\d+)$/.exec(text)?.[1]).findLast((found) => found !== undefined);
  return line === undefined ? undefined : ` at line ${line}`;
}

/** As the older builder tells it: `Step 3/3 : RUN npm test`. */
function stepIn(lines: string[]): string | undefined {
  const step = lines.findLast(isStep);
  return step?.replace(/^Step (\S+) : (.*)/, " at step $1 ($2)");
}

/** What the failed step's command printed: after its step, or in BuildKit's summary between two rules. */
function printedIn(lines: string[]): string[] {
  const rule = lines.findIndex((text) => /^-{6}$/.test(text));
  if (rule >= 0) {
    const end = lines.findIndex((text, index) => index > rule && /^-{6}$/.test(text));
    return lines.slice(rule + 2, end < 0 ? undefined : end).map((text) => text.replace(/^\d+\.\d+ /, ""));
  }
  const step = lines.findLastIndex(isStep);
  return step < 0 ? [] : lines.slice(step + 1, -1).filter((text) => !text.startsWith("---> "));
}

function isStep(text: string): boolean {
  return /^Step \d+\/\d+ : /.test(text);
}
