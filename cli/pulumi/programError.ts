/** The error of a program, as the engine tells it: in one sentence, and whole. */
export interface ProgramError {
  sentence: string;
  lines: string[];
}

/**
 * What stands below the first line of an error that only announces an exception, such as `Program failed with an
 * unhandled exception:`; nothing where it announces none.
 */
export function programError(error: string): ProgramError | undefined {
  const [announced = "", ...lines] = error.split("\n");
  if (!/\bunhandled (exception|error)\b.*:$/.test(announced)) return undefined;
  const text = lines.join("\n").trim();
  if (text === "") return undefined;
  const named = /^(?:<ref \*\d+> )?(\w*(?:Error|Exception)\b.*)$/m.exec(text)?.[1];
  const reason = named ?? text.split("\n")[0] ?? "";
  return { sentence: `${announced} ${reason}`, lines: text.split("\n") };
}
