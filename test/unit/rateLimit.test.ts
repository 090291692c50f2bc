import fc from "fast-check";
import { expect, it } from "vitest";
import { pauseOf } from "../../cli/forge/rateLimit.ts";
import "./seed.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const pause = (status: number, headers: Record<string, string> = {}, text = "") =>
  pauseOf({ status, headers, text }, now);

it.each([
  [429, { "retry-after": "7" }, 7],
  [403, { "retry-after": "7" }, 7],
  [503, { "retry-after": "7" }, 7],
  [429, { "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT" }, 30],
  [429, { "retry-after": "Sun, 01 Mar 2026 11:00:00 GMT" }, 0],
  [429, { "retry-after": "soon" }, Infinity],
  [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 + 90) }, 90],
  [429, { "ratelimit-remaining": "0", "ratelimit-reset": String(now / 1000 + 90) }, 90],
  [429, {}, Infinity],
])("after %i with %j it is %d s", (status, headers, seconds) => {
  expect(pause(status, headers)).toBe(seconds);
});

it("a refusal is no limit, unless it says so", () => {
  for (const headers of [{}, { "x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1" }]) {
    expect(pause(403, headers, "Resource not accessible by integration")).toBeUndefined();
    expect(pause(401, headers)).toBeUndefined();
    expect(pause(200, { ...headers, "retry-after": "7" })).toBeUndefined();
  }
  expect(pause(403, {}, "You have exceeded a secondary rate limit")).toBe(Infinity);
});

it("whatever the headers say, it is a number of seconds that is not below zero", () => {
  const header = fc.oneof(fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map(String));
  fc.assert(
    fc.property(fc.constantFrom(403, 429, 503), header, header, (status, after, reset) => {
      const said = [
        pause(status, { "retry-after": after }),
        pause(status, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }),
      ];
      for (const seconds of said) expect(seconds).toBeGreaterThanOrEqual(0);
    }),
  );
});
