import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../foundation/folders.ts";

/** A small change of the program that makes it wrong, and the tests that have to notice. */
export interface Mutation {
  /** What is wrong with it then. */
  breaks: string;
  /** Path from the root of the checkout. */
  file: string;
  /** Occurs exactly once in the file. */
  text: string;
  replacement: string;
  /** Files of tests, by their paths from the root. */
  tests: string[];
}

type Edit = [breaks: string, text: string, replacement: string];

/** Mutations of one file that the same tests are to notice, of test/unit or test/processes unless they have a folder. */
export function inFile(file: string, tests: string | string[], edits: Edit[]): Mutation[] {
  const paths = [tests].flat().map((test) => (test.includes("/") ? test : fileOf(test)));
  return edits.map(([breaks, text, replacement]) => ({ breaks, file, text, replacement, tests: paths }));
}

function fileOf(test: string): string {
  const unit = `test/unit/${test}.test.ts`;
  return existsSync(join(projectRoot, unit)) ? unit : `test/processes/${test}.test.ts`;
}
