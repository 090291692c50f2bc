/**
 * What a program failed of, in one sentence, where the first line of its error only announces an exception, such as `Program
 * failed with an unhandled exception:`; nothing where it announces none.
 */
export function programError(error: string): string | undefined {
  const [announced = "", ...lines] = error.split("\n");
  if (!/\bunhandled (exception|error)\b.*:$/.test(announced)) return undefined;
  const text = lines.join("\n").trim();
  if (text === "") return undefined;
  const named = /^(?:<ref \*\d+> )?(\w*(?:Error|Exception)\b.*)$/m.exec(text)?.[1];
  return `${announced} ${named ?? text.split("\n")[0] ?? ""}`;
}

/**
 * Whether an error is about settings, or about what a program gives: a component of ours begins with its class and its name
 * what it says of its arguments.
 */
export function isOfCaller(error: string): boolean {
  return (
    /^(setting|variable|commit|checkout|secret|application|build) /.test(error) ||
    /^definition\b|^image .* is (not in|refused by) |^[A-Z]\w+ "[^"]*": |configuration key|refused the login/.test(
      error,
    )
  );
}
