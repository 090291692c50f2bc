import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { named, shown, visible } from "../../components/model/rules/shown.ts";
import "./seed.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom("\u001b", "\n", "\u009b", "\u202e", '"', "\\", "a", "😀"),
    maxLength: 300,
  }),
);

describe("a value in a message", () => {
  it.each([
    ["main", '"main"'],
    ["", '""'],
    ['a "b"\\', String.raw`"a \"b\"\\"`],
    ["a\nb\tc\r", String.raw`"a\nb\tc\r"`],
    ["\u001b[2J\u009b\u007f", String.raw`"\u001b[2J\u009b\u007f"`],
    ["\u202eevil\u2066\u200b\u2028\ufeff", String.raw`"\u202eevil\u2066\u200b\u2028\ufeff"`],
    ["\u{e0041}\ud800", String.raw`"\udb40\udc41\ud800"`],
    ["Grüße 👩🏽‍💻 ❤️", '"Grüße 👩🏽‍💻 ❤️"'],
    ["a".repeat(80), `"${"a".repeat(80)}"`],
    ["a".repeat(81), `"${"a".repeat(79)}…" (81 characters)`],
    ["\u001b".repeat(100_000), `"${String.raw`\u001b`.repeat(13)}…" (100000 characters)`],
    [5, "5"],
    [Number.NaN, "NaN"],
    [10n ** 20n, "100000000000000000000"],
    [null, "null"],
    [undefined, "undefined"],
    [{ a: ["b\u001b"] }, String.raw`{"a":["b\u001b"]}`],
    [Array.from({ length: 100 }, () => 1), `[${"1,".repeat(39)}1… (201 characters)`],
  ])("is in one line, as JSON, and cut: example %#", (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it("is shown also where it has no form in JSON", () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(shown(circular)).toBe("an object that has no form in JSON");
  });

  it("is one short line of printable characters, and whole where it is short", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const told = shown(text);
        expect(told).toMatch(
          /^"[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*"( \(\d+ characters\))?$/u,
        );
        expect(told.length).toBeLessThan(110);
        expect(told.isWellFormed()).toBe(true);
        if (told.endsWith('"')) expect(JSON.parse(told)).toBe(text);
        else expect(told).toContain(` (${String(text.length)} characters)`);
      }),
    );
  });
});

describe("a name in a message", () => {
  it.each([
    ["dynenv/ttl", "dynenv/ttl"],
    ["/builds/shop/deals (copy)", '"/builds/shop/deals (copy)"'],
    ["", '""'],
    ["a\n::error::b", String.raw`"a\n::error::b"`],
    ["x".repeat(100_000), `"${"x".repeat(79)}…" (100000 characters)`],
  ])("is as it is, or quoted: example %#", (name, expected) => {
    expect(named(name)).toBe(expected);
  });
});

describe("a visible text", () => {
  it("keeps its lines, and nothing else that moves a cursor", () => {
    expect(visible("a\tb\n\u001b[31mred\u001b[0m\r\n")).toBe("a\tb\n\\u001b[31mred\\u001b[0m\\u000d\n");
  });
});
