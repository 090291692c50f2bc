import { shown } from "./shown.ts";

/** The most that the API server takes as the content of one ConfigMap or Secret. */
const maxBytes = 1024 * 1024;

/**
 * @param what such as `seed.files of service "deals"`.
 * @param texts those that are known only later do not count.
 * @throws when they are too long together, which the API would say last of all.
 */
export function checkSize(what: string, texts: object = {}): void {
  const known = Object.entries(texts).filter(
    (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === "string",
  );
  const sizes = known.map(([name, text]) => [name, Buffer.byteLength(text)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (total <= maxBytes) return;
  const [largest] = sizes.toSorted(([, one], [, other]) => other - one)[0] ?? [""];
  throw new Error(
    `${what} have ${String(total)} bytes but must have at most ${String(maxBytes)}, what Kubernetes keeps in one object: make ${shown(largest)} smaller, or bring it with an image`,
  );
}

/**
 * @param what such as `seed.files of service "deals"`.
 * @param files content by path; those that are known only later do not count.
 * @throws when they are too long together, or one was no text before it was read as one.
 */
export function checkContents(what: string, files: object = {}): void {
  checkSize(what, files);
  const lossy = Object.entries(files).find(([, text]) => typeof text === "string" && text.includes("\uFFFD"));
  if (lossy === undefined) return;
  throw new Error(
    `${shown(lossy[0])} of ${what} has the character U+FFFD, which stands for bytes that are no text in UTF-8: bring what is no text with an image`,
  );
}

/** The most bytes that Linux gives to a program as one argument, or as one variable with its name. */
const longest = 128 * 1024 - 1;

/**
 * @param what such as `command of service "deals"`.
 * @throws when a program could not be started with one of the texts, or with all of them.
 */
export function checkArguments(what: string, texts: string[] = []): void {
  for (const [index, text] of texts.entries()) checkLength(`text ${String(index)} of ${what}`, text);
  checkSize(`the texts of ${what}`, texts);
}

/**
 * @param what such as `the variables of service "deals"`.
 * @param variables those whose values are known only later do not count.
 * @throws when a program could not be started with one of them, or with all of them.
 */
export function checkVariables(what: string, variables: object = {}): void {
  for (const [name, value] of Object.entries(variables) as [string, unknown][])
    if (typeof value === "string")
      checkLength(`${shown(name)} of ${what}, with its name,`, `${name}=${value}`);
  checkSize(what, variables);
}

function checkLength(what: string, text: string): void {
  if (text.includes("\0"))
    throw new Error(`${what} has the character U+0000, at which a program's texts end: bring it in a file`);
  const size = Buffer.byteLength(text);
  if (size <= longest) return;
  throw new Error(
    `${what} has ${String(size)} bytes but must have at most ${String(longest)}, what Linux gives to a program: bring it in a file`,
  );
}
