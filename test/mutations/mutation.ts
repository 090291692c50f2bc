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

/** Mutations of one file that the same tests, of test/unit unless they have a folder, are to notice. */
export function inFile(file: string, tests: string | string[], edits: Edit[]): Mutation[] {
  const paths = [tests].flat().map((test) => (test.includes("/") ? test : `test/unit/${test}.test.ts`));
  return edits.map(([breaks, text, replacement]) => ({ breaks, file, text, replacement, tests: paths }));
}
