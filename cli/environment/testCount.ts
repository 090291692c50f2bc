import { stripVTControlCharacters } from "node:util";

/** What a line that counts tests holds. Lines without one, nearly all, are passed over without being cut out. */
const clue =
  /[Tt]est|TEST|passing|passed|failed|skipped|Total|examples|assertions|^1\.\.|^ok\s|^PASS$|\d (?:pass|fail|skip)$/gm;
/** Characters of a line that are looked at. */
const longest = 1000;

/** Lines in which test tools count what they ran, each with the number in its group `count`. */
const counted = [
  // node:test in its forms spec, tap and junit
  /(?:^|\s)(?:ℹ|#|<!--) tests (?<count>\d+)(?: -->)?$/,
  // jest
  /(?:^|\s)Tests: .*?(?<count>\d+) total$/,
  // vitest
  /(?:^|\s)Tests {2}.*\((?<count>\d+)\)$/,
  // mocha
  /^ *(?<count>\d+) passing \(\d+\w+\)$/,
  // pytest
  /^(?:=+ )?(?:.*, )?(?<count>\d+) (?:passed|failed|skipped|xfailed|xpassed)\b.* in [\d.]+s\b/,
  // unittest
  /^Ran (?<count>\d+) tests? in [\d.]+s$/,
  // Maven
  /(?:^|\s)Tests run: (?<count>\d+), +Failures: \d+/,
  // JUnit without Maven and Gradle
  /^OK \((?<count>\d+) tests?\)$/,
  /^\[ +(?<count>\d+) tests found +\]$/,
  // cargo
  /^running (?<count>\d+) tests?$/,
  // RSpec
  /^(?<count>\d+) examples?, \d+ failures?/,
  // TAP, as of bats and Perl
  /^1\.\.(?<count>\d+)(?:\s|$)/,
  // PHPUnit
  /^OK \((?<count>\d+) tests?, \d+ assertions?\)$/,
  /^Tests: (?<count>\d+), Assertions: \d+/,
  // Minitest
  /^(?<count>\d+) (?:runs|tests), \d+ assertions, \d+ failures/,
  // ExUnit
  /^(?:\d+ doctests?, )?(?<count>\d+) tests?, \d+ failures?/,
  // Bun
  /^ *(?<count>\d+) (?:pass|fail|skip)$/,
  // Deno
  /^(?:ok|FAILED) \| (?<count>\d+) passed /,
  // cargo nextest
  /^ +Summary \[.*\] +(?<count>\d+) tests? run: /,
  // CTest
  /^\d+% tests passed, \d+ tests? failed out of (?<count>\d+)$/,
  // dotnet test
  /^\s*Total tests: (?<count>\d+)$/,
  /^(?:Passed|Failed|Skipped)! +- .*Total: +(?<count>\d+),/,
];

/** Lines in which they say that there was nothing to run. */
const empty = [
  // jest, vitest
  /(?:^|\s)No test(?:s| files) found, exiting with code \d/,
  /(?:^|\s)Tests {2}no tests$/,
  // pytest
  /(?:^|\s)no tests ran in [\d.]+s/,
  // go test, also with -json
  /^\?\s+\S+\s+\[no test files\]$/,
  /^ok\s+\S+\s.*\[no tests to run\]$/,
  /^\{.*"Output":"(?:\?|ok) .*\[no test(?: file)?s(?: to run)?\]\\n"\}$/,
  // Maven
  /(?:^|\s)No tests to run\.$/,
  // PHPUnit
  /^No tests executed!$/,
  // dotnet test
  /^No test (?:is available|matches the given testcase filter)/,
  // Gradle
  /^> Task \S*:?test NO-SOURCE$/,
  // ExUnit
  /^There are no tests to run$/,
  // Bun, Deno
  /^(?:error: )?No test(?:s| modules) found[.!]?$/,
  // CTest
  /^No tests were found!!!$/,
];

/** Lines in which they say, without a number, that something ran. */
const ran = [
  // go test, also with -json
  /^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)(?!.*\[no tests to run\])/,
  /^\{.*"Action":"(?:pass|skip)".*"Test":"/,
  // Gradle
  /^> Task \S*:?test$/,
];

/** Learns from the output of test tools whether they ran any test; one that was skipped counts. */
export class TestCount {
  #hasRun = false;
  #hasRunNone = false;
  /** Whether a test binary of Go has said that it has none; it says `PASS` all the same. */
  #isWarned = false;

  /** Takes notice of whole lines. */
  note(lines: string): void {
    clue.lastIndex = 0;
    while (!this.#hasRun) {
      const found = clue.exec(lines);
      if (found === null) return;
      const start = lines.lastIndexOf("\n", found.index) + 1;
      const end = lines.indexOf("\n", found.index);
      this.#noteLine(stripVTControlCharacters(lines.slice(start, start + longest).split("\n", 1)[0] ?? ""));
      if (end === -1) return;
      clue.lastIndex = end;
    }
  }

  /** Whether the output shows that no test ran; not where one of several tools or packages had some. */
  get isZero(): boolean {
    return this.#hasRunNone && !this.#hasRun;
  }

  #noteLine(line: string): void {
    const text = line.trimEnd();
    const isPass = text === "PASS";
    const counts = counted.flatMap((pattern) => pattern.exec(text)?.groups?.count ?? []);
    if (counts.some((count) => Number(count) > 0) || ran.some((pattern) => pattern.test(text)))
      this.#hasRun = true;
    else if (isPass && !this.#isWarned) this.#hasRun = true;
    else if (counts.length > 0 || isPass || empty.some((pattern) => pattern.test(text)))
      this.#hasRunNone = true;
    if (isPass) this.#isWarned = false;
    if (text === "testing: warning: no tests to run") this.#isWarned = true;
  }
}
