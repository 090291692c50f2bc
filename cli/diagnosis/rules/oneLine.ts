import { stripVTControlCharacters } from "node:util";
import { cutMark, visible } from "../../../components/model/index.ts";

const longestLine = 300;

/** A text of the cluster or of a program, as part of a sentence: one line without control characters, and not too long. */
export function oneLine(text: string): string {
  const clean = visible(stripVTControlCharacters(text).replace(/\s+/g, " ")).trim();
  return clean.length <= longestLine ? clean : `${clean.slice(0, longestLine - 1).toWellFormed()}${cutMark}`;
}

/** The last lines of a log, each as one; binary data is not shown as text. */
export function lastLines(log: string, count = 20): string[] {
  const lines = log.split(/\r\n|[\n\r]/).map(oneLine);
  return lines.filter((line) => line !== "").slice(-count);
}

/** Of a log's last lines, the last that speaks of an error, else the last one; none where there are none. */
export function tellingLine(lines: string[]): string[] {
  const isError = (line: string) =>
    /\b\w*(error|exception|fatal|panic|cannot|can't|failed|failure|refused|denied|missing|invalid)\b/i.test(
      line,
    );
  // Frames of a stack come after the error, and may be called like one.
  const isFrame = (line: string) => /^(at |\.\.\. |goroutine )/.test(line);
  const line = lines.findLast((one) => isError(one) && !isFrame(one)) ?? lines.at(-1);
  return line === undefined ? [] : [line];
}
