import { RunError } from "@pulumi/pulumi";
import { expect } from "vitest";
import { Failure } from "../../foundation/failure.ts";
import { SettingError } from "../../foundation/settingError.ts";

/** Control characters, and those that turn the direction of text. */

const misleading = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const longest = 4000;

/** What went wrong, told as it should be: one line, not a long one, that nothing can be hidden in. */
export function isSentence(message: string): void {
  expect(message).not.toBe("");
  expect(message.length).toBeLessThan(longest);
  expect(message).not.toMatch(/\n/);
  expect(message).not.toMatch(misleading);
  expect(message).not.toMatch(/\[object Object\]|is not a function|Cannot read prop/);
}

/** Runs something that may refuse its input, in one sentence; of the kinds of error that are meant for people. */
export function endsWell(work: () => unknown, kinds: unknown[] = [Failure, SettingError, RunError]): void {
  const begin = performance.now();
  try {
    work();
  } catch (error) {
    // An error of the language is a mistake of ours: exactly these kinds are told to people.
    if (!kinds.includes((error as Error).constructor)) throw error;
    isSentence((error as Error).message);
  }
  expect(performance.now() - begin).toBeLessThan(10_000);
}

export interface Ended {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** A command's end: a right exit code, and with a failure one line that tells it, after those that tell the progress. */
export function isGoodEnd({ exitCode, stderr }: Ended): void {
  expect([0, 1, 2, 3]).toContain(exitCode);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  const lines = stderr.split("\n").slice(0, -1);
  for (const line of lines) expect(line).not.toMatch(misleading);
  for (const line of lines) expect(line.length).toBeLessThan(longest);
  // Without a command the whole help is told.
  if (exitCode === 2 && stderr.startsWith("Usage: ")) return;
  const told = lines.filter((line) => line.startsWith("dynenv: "));
  expect(told.length).toBe(exitCode === 0 ? 0 : 1);
  if (exitCode === 0) return;
  // Nothing follows on it.
  expect(lines.at(-1)).toBe(told[0]);
  isSentence(told[0] ?? "");
}
