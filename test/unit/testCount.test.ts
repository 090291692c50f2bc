import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TestCount } from "../../cli/environment/testCount.ts";
import { projectRoot } from "../../foundation/folders.ts";
import "./seed.ts";

/** What test tools printed, recorded: those of `zero-` ran no test. */
const folder = join(projectRoot, "test", "fixtures", "testLogs");
const names = readdirSync(folder);
const log = (name: string) => readFileSync(join(folder, name), "utf8");
const isNone = (name: string) => name.startsWith("zero-");

/** Whether a log shows that no test ran, however its lines come. */
function isZero(text: string, linesAtATime = Infinity): boolean {
  const count = new TestCount();
  const lines = text.split(/(?<=\n)/);
  for (let start = 0; start < lines.length; start += linesAtATime)
    count.note(lines.slice(start, start + linesAtATime).join(""));
  return count.isZero;
}

describe("the tests in a log", () => {
  it.each(names)("are counted in %s", (name) => {
    expect(isZero(log(name))).toBe(isNone(name));
    expect(isZero(log(name), 1)).toBe(isNone(name));
  });

  it.each([
    [
      "cargo",
      "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; finished in 0.00s\n",
      "running 2 tests\n",
    ],
    ["RSpec", "0 examples, 0 failures\n", "3 examples, 1 failure\n"],
    ["bats", "1..0\n", "1..2\nok 1 a\nok 2 b\n"],
    [
      "Minitest",
      "0 runs, 0 assertions, 0 failures, 0 errors, 0 skips\n",
      "2 runs, 3 assertions, 0 failures, 0 errors, 0 skips\n",
    ],
    ["ExUnit", "There are no tests to run\n", "2 doctests, 3 tests, 0 failures\n"],
    ["Bun", "\n 0 pass\n 0 fail\n", "\n 3 pass\n 0 fail\n"],
    ["Deno", "ok | 0 passed | 0 failed (1ms)\n", "ok | 2 passed | 0 failed (9ms)\n"],
    ["CTest", "No tests were found!!!\n", "100% tests passed, 0 tests failed out of 4\n"],
    [
      "cargo nextest",
      "     Summary [   0.000s] 0 tests run: 0 passed, 0 skipped\n",
      "     Summary [   0.012s] 2 tests run: 2 passed, 0 skipped\n",
    ],
    ["PHPUnit", "No tests executed!\n", "OK (2 tests, 5 assertions)\n"],
    [
      "dotnet",
      "No test is available in /a.dll.\n",
      "Passed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3, Duration: 1 s\n",
    ],
  ])("are counted as %s tells them", (_tool, none, some) => {
    expect([isZero(none), isZero(some), isZero(none + some)]).toEqual([true, false, false]);
  });

  it("are none where every one of several runs had none, in any order and with other output", () => {
    const other = fc.constantFrom("", "GET /catalogue 200\n", "1 test request\n", "passed: 0\n");
    const parts = fc.array(fc.tuple(fc.constantFrom(...names), other), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 50 }), (runs, linesAtATime) => {
        const text = runs.map(([name, more]) => `${more}${log(name)}${more}`).join("");
        expect(isZero(text, linesAtATime)).toBe(runs.every(([name]) => isNone(name)));
      }),
    );
  });

  it.each([
    "No tests found, exiting with code 0",
    "Tests:       0 total",
    "  0 passing (2ms)",
    "[INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0",
    "[INFO] No tests to run.",
    "> Task :app:test NO-SOURCE",
    "[         0 tests found           ]",
    "OK (0 tests)",
    "NO TESTS RAN\r\nRan 0 tests in 0.000s",
    "\u001b[1mno tests ran\u001b[0m in 0.01s",
  ])("are none in %j", (line) => {
    expect(isZero(`${line}\n`)).toBe(true);
  });

  it.each([
    "Tests:       1 skipped, 4 passed, 5 total",
    "  12 passing (2s)",
    "[INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0\n[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0",
    "> Task :a:test NO-SOURCE\n> Task :b:test",
    "?   \tx\t[no test files]\nok  \tx/sub\t(cached)",
    "=== 3 passed, 1 skipped in 0.31s ===",
    "collected 0 items\n\nno tests ran in 0.1s\n1 passed in 0.44s",
    "all good, 0 tests of the old kind are left",
    "",
  ])("are some, or unknown, in %j", (line) => {
    expect(isZero(`${line}\n`)).toBe(false);
  });

  it("are looked for at 60 MB/s and more, whatever the log", () => {
    const lines = [
      "GET /catalogue?size=5 200 in 12 ms of a log with some words",
      `${"test ".repeat(400)}end`,
    ];
    for (const line of lines) {
      const text = `${line}\n`.repeat(100_000 / line.length);
      const count = new TestCount();
      const [start, megabytes] = [process.cpuUsage(), 20];
      for (let done = 0; done < megabytes * 1e6; done += text.length) count.note(text);
      const { user, system } = process.cpuUsage(start);
      expect(megabytes / ((user + system) / 1e6)).toBeGreaterThan(60);
    }
  });
});
