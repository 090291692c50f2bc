import { CommanderError } from "commander";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";

/** What is wrong with the words of a command, in one sentence; nothing for another error, or where help was asked for. */
export function usageError(error: unknown, words: string[]): Failure | undefined {
  if (!(error instanceof CommanderError) || error.exitCode === 0 || error.code === "commander.help")
    return undefined;
  const values = [...new Set(words.flatMap((word) => [word, word.replace(/^--[^=]*=/, "")]))];
  // It repeats words as they are; a longer one may contain another.
  const message = values
    .sort((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(`'${word}'`, () => shown(word)), error.message)
    .replace(/ Expected \d+ argument.*$/s, "");
  const [, problem = "", hint = ""] = /^error: (.*?)\.?(?:\n\(Did (.*)\))?$/s.exec(message) ?? [];
  const advice = hint === "" ? "" : ` (did ${hint})`;
  return new Failure("usage", `${problem}${advice}: see dynenv --help`);
}
