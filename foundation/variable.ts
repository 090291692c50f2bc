/**
 * A variable's text without blanks around it; nothing where none is left. One that is filled from a file ends with the
 * file's line end, and none that is read by this has blanks at its ends that mean something.
 */
export function readVariable(
  name: string,
  variables: Record<string, string | undefined> = process.env,
): string | undefined {
  const text = variables[name]?.trim() ?? "";
  return text === "" ? undefined : text;
}
