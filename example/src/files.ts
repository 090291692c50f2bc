import { readFileSync } from "node:fs";
import type { Answer } from "./answers.ts";

/** What pages refer to, by the paths at which it is found. */
export const fileAnswers: ReadonlyMap<string, Answer> = new Map([
  ["/deals.css", file("deals.css", "text/css; charset=utf-8")],
  ["/sock.svg", file("sock.svg", "image/svg+xml; charset=utf-8")],
]);

function file(name: string, type: string): Answer {
  return { status: 200, type, content: readFileSync(new URL(name, import.meta.url), "utf8") };
}
