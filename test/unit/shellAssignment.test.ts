import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignment } from "../../cli/text/shellAssignment.ts";
import "./seed.ts";

const value = fc
  .array(
    fc.constantFrom(
      "##[error]",
      "###[a]",
      "##vso[a]",
      "section_start:1:a",
      "::add-mask::a",
      "'",
      '"',
      "$(exit 1)",
      "`",
      "\\",
      " ",
      "ü",
    ),
  )
  .map((parts) => parts.join(""));

describe("a variable for a shell", () => {
  it("is what it was, and no command of a CI system", () => {
    fc.assert(
      fc.property(value, (text) => {
        const line = assignment(["VALUE", text]);
        expect(line).not.toMatch(/^\s*::|##\w*\[|section_start:\d/m);
        expect(execFileSync("sh", ["-c", `${line}printf %s "$VALUE"`]).toString()).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it.each(["a\n::error::b", "\u001b[2J", "a\u0085b"])(
    "is refused where it may act upon a terminal or a log: %#",
    (text) => {
      expect(() => assignment(["DYNENV_REF", text])).toThrow(/^DYNENV_REF is "[ -~]*" but must be one line/);
    },
  );
});
