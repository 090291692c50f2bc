// Runs tests of the checkout that it is started in, each time somebody asks for it: a Vitest that is up need not be
// started, and has transformed what has not changed.
import { join, relative } from "node:path";
import { createVitest, type TestModule } from "vitest/node";

export interface Question {
  /** File that differs from the checkout. Default: none does. */
  changed?: string;
  tests: string[];
}

/** How many tests passed, and which failed first, if any did. */
export interface Answer {
  passed: number;
  failed?: { file: string; test: string };
  /** Why nobody can say whether a test would have failed. */
  broken?: string;
}

const root = process.cwd();
const vitest = await createVitest("test", {
  ...{ root, project: ["unit", "fuzz"], watch: false, bail: 1, reporters: [{}] },
  // Nothing of an earlier change may be left in a process.
  ...{ isolate: true, maxWorkers: 1 },
  // On a machine that has much else to do, a test that takes long proves nothing.
  testTimeout: 120_000,
});

/** What the last question changed, which is as it was by now. */
let before: string | undefined;

async function answer({ changed, tests }: Question): Promise<Answer> {
  for (const file of [before, changed]) if (file !== undefined) vitest.invalidateFile(join(root, file));
  before = changed;
  const files = tests.map((test) => join(root, test));
  const specifications = await vitest.globTestSpecifications(files);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const run = testModules.filter(({ moduleId }) => files.includes(moduleId));
  const all = run.flatMap((module) => [...module.children.allTests()]);
  const failed = all.find((test) => test.result().state === "failed");
  const isLate = failed?.result().errors?.some(({ message }) => message.includes("timed out in")) === true;
  if (isLate) return { passed: 0, broken: `${failed.fullName} has no end` };
  const passed = all.filter((test) => test.result().state === "passed").length;
  const errors = [...run.flatMap((module) => module.errors()), ...unhandledErrors];
  if (failed === undefined)
    return errors.length === 0 ? { passed } : { passed, broken: (errors[0] as Error).message };
  return { passed, failed: { file: pathOf(failed.module), test: failed.fullName } };
}

function pathOf({ moduleId }: TestModule): string {
  return relative(root, moduleId);
}

process.on("message", (question: Question) => {
  answer(question).then(
    (found) => process.send?.(found),
    (error: unknown) => process.send?.({ passed: 0, broken: String(error) }),
  );
});
process.on("disconnect", () => {
  process.exit();
});
