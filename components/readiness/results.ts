import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** The most bytes that a results file may have: the log that it goes through is rotated at ten megabytes. */
export const resultsLimit = 8 * 1024 * 1024;

/** The most characters that it may have in that log, packed. */
const packedLimit = 2 * 1024 * 1024;

/** What is said of a results file, as one line of JSON. */
export interface ResultsReport {
  /** Whether the tests are over, so that the file does not change any more. */
  final: boolean;
  /** The file, packed by gzip, in base64. */
  content?: string;
  /** Why there is no content. */
  problem?: string;
}

/** What a file holds at this moment. Whoever writes it may put anything in its place: only a plain file is read. */
export function resultsReport(path: string, final: boolean): ResultsReport {
  try {
    // What is no file, such as a pipe, must not hold this up.
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return { final, ...contentOf(file) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { final, problem: "was not written" };
    if (code === "ELOOP") return { final, problem: "is a link, not a file" };
    return { final, problem: `cannot be read (${String(code)})` };
  }
}

function contentOf(file: number): Omit<ResultsReport, "final"> {
  if (!fstatSync(file).isFile()) return { problem: "is not a file" };
  const bytes = Buffer.alloc(resultsLimit + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(file, bytes, length, bytes.length - length, null);
  if (length > resultsLimit)
    return { problem: `has more than ${String(resultsLimit)} bytes, the most that is copied` };
  const content = gzipSync(bytes.subarray(0, length)).toString("base64");
  if (content.length > packedLimit)
    return {
      problem: `has more than ${String(packedLimit)} bytes when it is packed, the most that is copied`,
    };
  return { content };
}
