import { stripVTControlCharacters } from "node:util";
import { buildKitNeed } from "./buildKitNeeds.ts";
import type { DockerFailure } from "./dockerCli.ts";
import type { DockerClient } from "./dockerClient.ts";

/** How many of a command's last lines are told. */
const toldLines = 3;

/** That a build failed since only another builder can do it, as one sentence; nothing where it failed of something else. */
export function missingBuildKit(
  dockerfile: string,
  text: string,
  { legacy }: DockerClient,
  output: string,
): string | undefined {
  if (/buildkit (is )?not supported by daemon/i.test(output))
    return `${dockerfile} failed: the Docker daemon has no BuildKit: set DOCKER_BUILDKIT=0 to use its own builder`;
  const [, refused] = /parse error (?:on )?line (\d+)/.exec(output) ?? [];
  const need = buildKitNeed(text, refused === undefined ? undefined : Number(refused));
  if (need === undefined || !/unknown (instruction|flag)|requires BuildKit/i.test(output)) return undefined;
  const place = `${dockerfile} failed at line ${String(need.line)}`;
  if (legacy !== undefined) return `${place}: ${need.what} needs BuildKit, ${legacy}`;
  return `${place}: the daemon's BuildKit is too old for ${need.what}: begin the Dockerfile with "# syntax=docker/dockerfile:1", or build with Docker 23 or later`;
}

/**
 * Where a build failed, and of what, as one sentence: the Dockerfile with the step, or with the line that BuildKit
 * names; what the step printed last; and the builder's reason.
 */
export function failedStep(dockerfile: string, { message, output }: DockerFailure): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.replace(/^#\d+ (\d+\.\d+ )?/, "").trim())
    .filter((line) => line !== "" && !isNoise(line));
  const reason = lines.at(-1) ?? message;
  const place = lineIn(lines) ?? stepIn(lines) ?? "";
  const printed = (printedByStep(output) ?? printedIn(lines)).slice(-toldLines).join("; ");
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
  const step =
    lines.findLast(isStep) ??
    lines
      .find((line) => /^> \[.*\] .*:$/.test(line))
      ?.replace(/^> \[(?:\S+ )?(\S+)\] (.*):$/, "Step $1 : $2");
  return step?.replace(/^Step (\S+) : (.*)/, " at step $1 ($2)");
}

/** What BuildKit's failed step printed: `#4 2.049 text`, with `#4 ERROR: reason`. Its summary may leave this out. */
function printedByStep(output: string): string[] | undefined {
  const lines = stripVTControlCharacters(output).split("\n");
  const step = lines
    .map((line) => /^#(\d+) ERROR: /.exec(line)?.[1])
    .findLast((found) => found !== undefined);
  if (step === undefined) return undefined;
  const line = new RegExp(`^#${step} \\d+\\.\\d+ (.*\\S)`);
  const printed = lines.map((text) => line.exec(text)?.[1]).filter((text) => text !== undefined);
  return printed.length === 0 ? undefined : printed;
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

/** What docker prints after its reason: the ids of layers, a link, and how to get help. */
function isNoise(text: string): boolean {
  return /^(sha256:[0-9a-f]{64}|https:\/\/docs\.docker\.com\/\S*|(Run|See) 'docker .*)$/.test(text);
}
