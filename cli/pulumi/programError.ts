/** The error of a program, as Pulumi shows it: in one sentence, and whole. */
export interface ProgramError {
  sentence: string;
  lines: string[];
}

/**
 * What stands below a line of Pulumi that only announces an exception, such as `error: Program failed with an unhandled
 * exception:`; nothing where it announces none.
 */
export function programError(error: string, output: string[]): ProgramError | undefined {
  if (!/\bunhandled (exception|error)\b.*:$/.test(error)) return undefined;
  // First it is told as it occurs, cut to one line, and whole at the end.
  const start = output.findLastIndex((line) => line.trimEnd().endsWith(error));
  const indentOf = (line: string) => line.length - line.trimStart().length;
  const indent = indentOf(output[start] ?? "");
  const below = output.slice(start + 1);
  const isOutside = (line: string) => line.trim() !== "" && indentOf(line) < indent;
  const end = below.findIndex(
    (line) => isOutside(line) || /^\s*error: |^(Resources|Outputs|Duration):/.test(line),
  );
  const lines = (end === -1 ? below : below.slice(0, end)).map((line) => line.slice(indent).trimEnd());
  const text = lines.join("\n").trim();
  if (text === "") return undefined;
  const named = /^(?:<ref \*\d+> )?(\w*(?:Error|Exception)\b.*)$/m.exec(text)?.[1];
  const reason = named ?? text.split("\n")[0] ?? "";
  return { sentence: `${error} ${reason}`, lines: text.split("\n") };
}
