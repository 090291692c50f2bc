import { cutMark } from "../../components/model/index.ts";

const longestCode = 1000;

/**
 * A text of anybody's as code in a line of Markdown: nothing in it mentions people, links, closes a comment, is HTML or a
 * command. It may not begin a line. Its backticks are shown as apostrophes: a longer fence around it would end at the length
 * that parsers know.
 */
export function code(text: string): string {
  const line = text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replaceAll("`", "'");
  const cut = line.length <= longestCode ? line : `${line.slice(0, longestCode).toWellFormed()}${cutMark}`;
  return `\`${cut === "" ? "?" : cut}\``;
}

const plainAddress = /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[\w.~%/+-]{0,1000})?$/;

/** An address as a link, with its own text or another one; any that is not a plain one of the web as code. */
export function link(address: string, text?: string): string {
  if (!plainAddress.test(address)) return text === undefined ? code(address) : `${text} (${code(address)})`;
  return text === undefined ? `<${address}>` : `[${text}](${address})`;
}
