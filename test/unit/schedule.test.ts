import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSchedule } from "../../components/model/rules/schedule.ts";
import "./seed.ts";

const bounds = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;
const months = ["jan", "Feb", "MAR", "dec"];
const days = ["sun", "Mon", "SAT"];
const namesOf = [[], [], [], months, days];

const value = (index: number) => {
  const [min, max] = bounds[index] ?? [0, 0];
  const number = fc.integer({ min, max }).map(String);
  const names = namesOf[index] ?? [];
  return names.length === 0 ? number : fc.oneof(number, fc.constantFrom(...names));
};
const range = (index: number) => {
  const [min, max] = bounds[index] ?? [0, 0];
  const between = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map((ends) => ends.toSorted((one, other) => one - other).join("-"));
  return fc
    .tuple(
      fc.oneof(fc.constantFrom("*", "?"), value(index), between),
      fc.option(fc.integer({ min: 1, max: 70 })),
    )
    .map(([text, step]) => (step === null ? text : `${text}/${String(step)}`));
};
const field = (index: number) =>
  fc.array(range(index), { minLength: 1, maxLength: 3 }).map((all) => all.join(","));
const fields = fc.tuple(...bounds.map((_, index) => field(index)));

/** What no field may be, whichever it is. */
const never = ["", "x", "60", "-1", "1-", "-", "1--2", "5-1", "*/0", "*/", "*/-1", "1/2/3", "1,", ",", "1.5"];

describe("a schedule", () => {
  it("may be any five fields within their bounds", () => {
    fc.assert(
      fc.property(fields, (parts) => {
        expect(isSchedule(parts.join(" "))).toBe(true);
      }),
    );
  });

  it("may be no other number of fields", () => {
    fc.assert(
      fc.property(fields, fc.nat(4), (parts, count) => {
        expect(isSchedule(parts.slice(0, count).join(" "))).toBe(false);
        expect(isSchedule([...parts, "*"].join(" "))).toBe(false);
      }),
    );
  });

  it("may have nothing wrong in any of its fields, whatever the others are", () => {
    const wrong = fc.integer({ min: 0, max: 4 }).chain((index) => {
      const [min, max] = bounds[index] ?? [0, 0];
      const outside = [String(max + 1), `${String(min)}-${String(max + 1)}`, ...(min === 1 ? ["0"] : [])];
      return fc.tuple(fc.constant(index), fc.constantFrom(...never, ...outside));
    });
    fc.assert(
      fc.property(fields, wrong, (parts, [index, text]) => {
        expect(isSchedule(parts.with(index, text).join(" "))).toBe(false);
      }),
    );
  });

  it.each(["0 3 * * *", "*/5 8-17 * * mon-fri", "0 0 1 1 ?", "05 03 01 jan,JUL 0", "@daily", "@hourly"])(
    "may be %j",
    (text) => {
      expect(isSchedule(text)).toBe(true);
    },
  );

  it.each([
    ...["", " ", "daily", "@dayly", "@every 1h", "0 3 * *", "0 3 * * * *", "0 3 * * 7", " 0 3 * * *"],
    ...["0 3 * * *\n", "TZ=UTC 0 3 * * *", "0 3 * * monday", "0 3 * mon *", "0\t3 * * *", "0 24 * * *"],
  ])("may not be %j", (text) => {
    expect(isSchedule(text)).toBe(false);
  });
});
