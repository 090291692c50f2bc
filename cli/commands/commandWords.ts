/**
 * A command's own words, and those after `--`, which are for another program; nothing where there is no `--`.
 * @param words all that are no options, in their order. @param raw what was typed.
 */
export function partedWords(words: string[], raw: string[]): [before: string[], after: string[] | undefined] {
  const at = raw.indexOf("--");
  if (at === -1) return [words, undefined];
  const after = raw.slice(at + 1);
  return [words.slice(0, words.length - after.length), after];
}
