import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { junitIn } from "../../cli/environment/junit.ts";
import "./seed.ts";

/** What people's tests are called and print, as it stands in such a file. */
const noise = fc.constantFrom(
  "",
  "text &lt;testcase/&gt; &amp;",
  "<!-- <a> <testcase> -->",
  "<![CDATA[ <testcase name='a'> ]] > ]]>",
  "<properties><property name='a>b' value=\"&lt;testcase/>\"/></properties>",
  "<system-out>1 &gt; 0</system-out>",
  "<?pi <testcase?>",
  "<constructor/><toString></toString><__proto__/>",
);
const value = fc.constantFrom("a", "a &gt; b", "a > b", "it's", "");
const outcome = fc.constantFrom(
  "",
  "<skipped/>",
  "<failure message='a'>x</failure>",
  "<error/>",
  "<failure/><skipped/>",
);
const testcase = fc.record({ name: value, outcome, noise }).map(({ name, outcome, noise }) => ({
  outcome,
  text:
    outcome === "" && noise === ""
      ? `<testcase name="${name}" time="0.1" />`
      : `<testcase\n name="${name}">${noise}${outcome}</testcase>`,
}));
const suite = fc.array(testcase, { maxLength: 8 });

function fileOf(suites: { text: string }[][], between: string): string {
  const each = suites.map(
    (cases) => `<testsuite name="s">${between}${cases.map(({ text }) => text).join(between)}</testsuite>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${between.startsWith("<!--") ? between : ""}<testsuites>\n${each.join("\n")}</testsuites>\n`;
}

describe("the tests in a JUnit file", () => {
  it("are counted, whatever else stands in it", () => {
    fc.assert(
      fc.property(fc.array(suite, { maxLength: 4 }), noise, (suites, between) => {
        const cases = suites.flat();
        const having = (...wanted: string[]) =>
          cases.filter(({ outcome }) => wanted.some((one) => outcome.startsWith(`<${one}`))).length;
        expect(junitIn(fileOf(suites, between))).toEqual({
          tests: cases.length,
          failed: having("failure", "error"),
          skipped: having("skipped"),
        });
      }),
    );
  });

  it("are none where a file is cut", () => {
    const whole = fileOf(
      [[{ text: "<testcase name='a > b'><!-- x --><failure/></testcase>" }]],
      "",
    ).trimEnd();
    for (let end = 0; end < whole.length; end++)
      expect(() => junitIn(whole.slice(0, end)), whole.slice(0, end)).toThrow(/^(is not whole|defines)/);
    expect(junitIn(whole)).toEqual({ tests: 1, failed: 1, skipped: 0 });
  });

  it.each([
    [
      '<!DOCTYPE a [<!ENTITY b "c">]><testsuite>&b;</testsuite>',
      "defines a document type, which is not passed on",
    ],
    ["<testsuite><!ELEMENT a></testsuite>", "defines a document type, which is not passed on"],
    ["<html><testcase/></html>", "is not a JUnit file: it has to be one testsuites or testsuite"],
    ["<testsuite/><testsuite/>", "is not a JUnit file: it has to be one testsuites or testsuite"],
    ["<testsuite></testsuites>", "is not whole: its elements do not match"],
    ["</testsuite>", "is not whole: its elements do not match"],
    ["<testsuite>< a></testsuite>", "is not whole: it has a tag without a name"],
    ["", "is not whole: it ends too soon"],
    ["no XML at all", "is not whole: it ends too soon"],
    ["<testsuite>".repeat(101), "has more than 100 elements in each other"],
  ])("are not looked for in %j", (text, problem) => {
    expect(() => junitIn(text)).toThrow(problem);
  });

  it("takes time that grows with its length alone, for any text", () => {
    const pieces = [
      "<",
      ">",
      "'",
      '"',
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<testcase ",
      "/>",
      "a",
      "<?",
      "</",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), (some) => {
        const text = `<testsuite>${some.join("").repeat(20_000)}`;
        const start = performance.now();
        expect(() => junitIn(text)).toThrow();
        expect(performance.now() - start).toBeLessThan(1000);
      }),
      { numRuns: 50 },
    );
  });
});
