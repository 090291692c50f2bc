import bcrypt from "bcryptjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { characterClasses, composePassword, type PasswordRules } from "../../local/plugins/password.ts";
import {
  changedPasswordInputs,
  passwordProblems,
  resolvePasswordInputs,
} from "../../local/plugins/passwordInputs.ts";
import { keepSecrets, plain, secret, secretStrings } from "../../local/plugins/values.ts";
import "./seed.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const count = fc.integer({ min: 0, max: 6 });
const rules: fc.Arbitrary<PasswordRules> = fc
  .record({
    extra: fc.integer({ min: 1, max: 40 }),
    lower: fc.boolean(),
    upper: fc.boolean(),
    numeric: fc.boolean(),
    special: fc.boolean(),
    minimums: fc.tuple(count, count, count, count),
    overrideSpecial: fc.option(fc.string({ minLength: 1, unit: fc.constantFrom("~", "^", "§", "😀") }), {
      nil: undefined,
    }),
  })
  .filter(({ lower, upper, numeric, special }) => lower || upper || numeric || special)
  .map(({ extra, minimums: [low, up, num, spec], ...given }) => {
    const minLower = given.lower ? low : 0;
    const minUpper = given.upper ? up : 0;
    const minNumeric = given.numeric ? num : 0;
    const minSpecial = given.special ? spec : 0;
    const length = extra + minLower + minUpper + minNumeric + minSpecial;
    return { ...given, length, minLower, minUpper, minNumeric, minSpecial };
  });
const reasons = (problems: { reason: string }[]): string[] => problems.map(({ reason }) => reason);

describe("password", () => {
  it("has the length, only characters of the classes in use, and each minimum", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const characters = Array.from(composePassword(given));
        const used = characterClasses(given).filter((item) => item.used);
        const allowed = new Set(used.flatMap((item) => item.characters));
        expect(characters).toHaveLength(given.length);
        expect(characters.filter((character) => !allowed.has(character))).toEqual([]);
        for (const item of used) {
          const drawn = characters.filter((character) => item.characters.includes(character));
          expect(drawn.length).toBeGreaterThanOrEqual(item.minimum);
        }
      }),
    );
  });

  it("accepts all rules that it composes", () => {
    fc.assert(
      fc.property(rules, (given) => {
        expect(passwordProblems({ ...given })).toEqual([]);
      }),
    );
  });

  it("puts the required characters at every position", () => {
    const given = resolvePasswordInputs({
      length: 4,
      upper: false,
      special: false,
      lower: true,
      minNumeric: 1,
    });
    const places = Array.from({ length: 300 }, () => composePassword(given).search(/[0-9]/));
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3]));
  });

  it("draws every character about equally often", () => {
    const given = resolvePasswordInputs({ length: 20_000, upper: false, special: false, lower: false });
    const drawn = Map.groupBy(composePassword(given), (character) => character);
    expect(drawn.size).toBe(10);
    for (const group of drawn.values()) expect(Math.abs(group.length - 2000)).toBeLessThan(300);
  });

  it("is what its bcrypt hash was made from", async () => {
    const password = composePassword(resolvePasswordInputs({ length: 20 }));
    expect(await bcrypt.compare(password, await bcrypt.hash(password, 4))).toBe(true);
  });
});

describe("password inputs", () => {
  it("have the official defaults", () => {
    expect(resolvePasswordInputs({ length: 16 })).toEqual({
      length: 16,
      lower: true,
      upper: true,
      number: true,
      numeric: true,
      special: true,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 0,
    });
    expect(resolvePasswordInputs({ length: 1, number: false })).toMatchObject({
      number: false,
      numeric: false,
    });
  });

  it.each([
    [{}, "length is required, for example 16"],
    [{ length: 0 }, "length must be a whole number of at least 1"],
    [{ length: 8, minLower: 1.5 }, "minLower must be a whole number of at least 0"],
    [{ length: 8, upper: "yes" }, "upper must be true or false"],
    [{ length: 8, keepers: { a: 1 } }, "keepers must be a map of strings"],
    [{ length: 3, minLower: 2, minUpper: 2 }, "length must be at least the sum of the minimums, 4"],
    [{ length: 8, number: true, numeric: false }, "number contradicts numeric: set numeric only"],
    [{ length: 8, special: false, minSpecial: 1 }, "minSpecial contradicts special: false"],
    [
      { length: 8, special: false, lower: false, upper: false, numeric: false },
      "length cannot be met: set one of lower, upper, numeric, special to true",
    ],
  ])("%j: one sentence", (inputs, reason) => {
    expect(reasons(passwordProblems(inputs))).toEqual([reason]);
  });
});

describe("a change of password inputs", () => {
  it("may not bring an unknown input", () => {
    expect(reasons(passwordProblems({ length: 8, size: 9 }))[0]).toMatch(
      /^size is not an input; the inputs are lower,/,
    );
  });

  it("leaves what a preview does not know yet for later", () => {
    expect(passwordProblems({ length: UNKNOWN, minLower: 20, keepers: { commit: UNKNOWN } })).toEqual([]);
  });

  it("asks for a new password when a value changes, and not when it is only written differently", () => {
    const olds = {
      ...resolvePasswordInputs({ length: 16, keepers: { a: "1", b: "2" } }),
      result: secret("x"),
    };
    const same = {
      length: 16,
      numeric: true,
      minLower: 0,
      overrideSpecial: "",
      keepers: secret({ b: "2", a: "1" }),
    };
    expect(changedPasswordInputs(olds, same)).toEqual([]);
    expect(changedPasswordInputs(olds, { length: 17, keepers: { a: "1" } })).toEqual(["keepers", "length"]);
    expect(changedPasswordInputs(olds, { ...same, numeric: false })).toEqual(["number", "numeric"]);
  });
});

describe("secret values", () => {
  const inputs = { open: "a", hidden: secret("b"), nested: { deep: [secret("c"), "d"], none: null } };

  it("unwrap at any depth, and are found", () => {
    expect(plain(inputs)).toEqual({ open: "a", hidden: "b", nested: { deep: ["c", "d"] } });
    expect(secretStrings(inputs)).toEqual(["b", "c"]);
  });

  it("stay secret as outputs", () => {
    const outputs = { open: "a", hidden: "b", nested: {}, more: 1 };
    expect(keepSecrets(inputs, outputs)).toEqual({ ...outputs, hidden: secret("b"), nested: secret({}) });
  });
});
