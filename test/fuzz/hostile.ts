import fc from "fast-check";

/** Texts that programs stumble over: each kind that a stranger tries. */
const texts: Record<string, string[]> = {
  empty: ["", " ", "\t", "\n"],
  control: ["\u001b[2J\u001b]0;x\u0007", "a\rb", "\u0007\b\u007f", "\u009b31m", "a\u2028b"],
  lines: ["a\nb", "a\n::error::b", "\n\n\n", "a\r\nb", "value\n"],
  direction: ["\u202eabc", "\u2066a\u2069", "\u200b", "\ufeffa"],
  unicode: ["ä", "Ünïcödé", "日本語", "😀", "👩‍👩‍👧", "\ud800", "ﬀ", "e\u0301"],
  paths: [
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "a/../b",
    "./x",
    "//",
    "~",
    "C:\\x",
    "/dev/zero/x",
    "%2e%2e",
  ],
  dashes: ["-", "--", "--help", "-rf", "--stack=x", "-image", "x-image"],
  objects: ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "valueOf"],
  numbers: [
    ...["0", "-1", "1e309", "NaN", "Infinity", "9007199254740993", "99999d", "0x10", "1_000", "00", "1.5"],
    ...["4294967296", "-0", "99999999999999999999", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z"],
  ],
  yaml: [
    "~",
    "null",
    "yes",
    "&a [*a]",
    "!!js/function x",
    "{a: b",
    "- x",
    "? y",
    "%TAG",
    "|",
    "a: b: c",
    "*x",
  ],
  json: ["{}", "[]", "{", '{"__proto__": {"x": 1}}', '"text"', "true", '{"pods": "1e999"}', "[[[[[[]]]]]]"],
  shells: ["$(id)", "`id`", "'; id #", "$HOME", "a b", '"', "\\", "*", "!", "|id", ">x"],
  addresses: [
    "https://u:p@h",
    "http://h",
    "https://",
    "file:///etc/passwd",
    "h:6443",
    "https://[::1]:1",
    "//h",
  ],
};

const kinds = Object.keys(texts).map((kind) => fc.constantFrom(...(texts[kind] ?? [])));

/** Short texts of any kind. */
export const shortText = fc.oneof(
  ...kinds,
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.tuple(fc.constantFrom("main", "a", "x-1"), fc.oneof(...kinds)).map((parts) => parts.join("")),
);

const long = fc
  .tuple(
    fc.constantFrom("a", "a/", "\u001b[", "é", "\n", "[", "😀", "a:"),
    fc.constantFrom(64, 101, 254, 5000, 100_000),
  )
  .map(([part, length]) => part.repeat(length / part.length));

/** Texts of any kind, some of 100 kB. */
export const anyText = fc.oneof({ weight: 60, arbitrary: shortText }, { weight: 1, arbitrary: long });

/** As variables and arguments can be: without the character that ends them. */
export const anyWord = anyText.map((text) => text.replaceAll("\0", "").toWellFormed());

/** Mostly one of some that are right, or one of them that is spoilt. */
export function mostly(...right: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...right) },
    { weight: 2, arbitrary: anyWord },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...right), anyWord, fc.nat(20))
        .map(([text, inner, at]) => text.slice(0, at) + inner + text.slice(at)),
    },
  );
}

/** Values of the wrong type. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    0,
    -1,
    NaN,
    Infinity,
    2 ** 53,
    1e-7,
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom<unknown>(
    { __proto__: null },
    JSON.parse('{"__proto__": {"x": 1}}'),
    { constructor: 1 },
    new Date(0),
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(shortText, { maxLength: 3 }),
  fc.dictionary(shortText, shortText, { maxKeys: 3 }),
);

/** Something right with some of its parts, at any depth, replaced, left out or doubled. */
export function spoilt(right: unknown, part: fc.Arbitrary<unknown> = anyValue): fc.Arbitrary<unknown> {
  const change = fc.record({ path: fc.array(fc.nat(1000), { maxLength: 6 }), how: fc.nat(4), value: part });
  return fc
    .array(change, { minLength: 0, maxLength: 3 })
    .map((changes) =>
      changes.reduce((value, { path, how, value: to }) => changed(value, path, how, to), right),
    );
}

function changed(value: unknown, [step, ...path]: number[], how: number, to: unknown): unknown {
  if (typeof value !== "object" || value === null || step === undefined) return to;
  const entries: [string, unknown][] = Object.entries(value);
  const at = entries.length === 0 ? 0 : step % entries.length;
  const [key, old] = entries[at] ?? ["", undefined];
  if (path.length > 0 && typeof old === "object" && old !== null)
    entries[at] = [key, changed(old, path, how, to)];
  else if (how === 0) entries.splice(at, 1);
  else if (how === 1) entries.splice(at, 0, [typeof to === "string" ? to : key, old]);
  else entries[at] = [key, to];
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
