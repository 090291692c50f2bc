import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvironmentNamespace, type EnvironmentNamespaceArgs } from "../../components/index.ts";
import type { Marks } from "../../components/model/objects/labels.ts";
import {
  checkDeployedAt,
  deploymentMarks,
  expiry,
  isPinned,
  lifeSpan,
  markedTime,
  timeMark,
} from "../../components/model/lifetime/lifeSpan.ts";
import { cappedTtlMs, ttlMs } from "../../components/model/lifetime/trust.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import { constructPreview } from "../golden/preview.ts";
import { construct } from "../../rendering/construction.ts";
import "./seed.ts";

const hour = 3_600_000;
const created = new Date("2026-03-01T12:00:00Z");
const at = (hours: number) => new Date(created.getTime() + hours * hour);

describe("a time to live", () => {
  it.each([
    ["1m", 60_000],
    ["90m", 5_400_000],
    ["4h", 4 * hour],
    ["2d", 48 * hour],
    ["99999d", 99_999 * 24 * hour],
  ])("%s lasts %i ms", (ttl, ms) => {
    expect(ttlMs(ttl)).toBe(ms);
  });

  it.each(["", "soon", "4", "0h", "-4h", "1.5h", "4w", " 4h", "4h\n", "100000d"])("%j is none", (ttl) => {
    expect(ttlMs(ttl)).toBeUndefined();
  });
});

describe("a time", () => {
  it("is what was marked, to the second", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (time) => {
        const mark = timeMark(time);
        expect(mark).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        expect(markedTime(mark)?.getTime()).toBe(Math.floor(time.getTime() / 1000) * 1000);
        expect(() => {
          checkDeployedAt("deployedAt", mark, time);
        }).not.toThrow();
      }),
    );
  });

  it.each(["", "tomorrow", "2026-03-01", "2026-02-30T12:00:00Z", "2026-03-01T12:00:00.000Z", "1795285362"])(
    "%j is none",
    (text) => {
      expect(markedTime(text)).toBeUndefined();
      expect(expiry(text === "" ? undefined : text, "soon")).toBe("");
    },
  );

  it.each([undefined, null, 5, ["2026-03-01T12:00:00Z"]])("%j of another type is refused", (value) => {
    expect(() => {
      checkDeployedAt("deployedAt", value, new Date());
    }).toThrow(
      /^deployedAt is .* must be a time in UTC to the second that is at most 5 minutes ahead, such as 2026-03-01T12:00:00Z$/,
    );
  });
});

const deployed = (hours: number, ttl = "4h") => ({ ttl, ...deploymentMarks(timeMark(at(hours)), ttl) });

describe("a life span", () => {
  it.each<[string, Partial<Marks>, number, number]>([
    ["begins when the namespace is created", { ttl: "4h" }, 0, 4],
    ["begins anew with a deployment", deployed(10), 10, 14],
    ["begins when the namespace is created, not when its pipeline was started", deployed(-2), 0, 4],
    [
      "begins when the API server wrote the marks, where the clock that made them is slow",
      deployed(1),
      30,
      34,
    ],
    ["begins when the API server wrote the marks, where a deployment marks no time", { ttl: "4h" }, 30, 34],
  ])("%s", (_what, marks, marked, end) => {
    expect(lifeSpan(marks, created, at(marked))).toMatchObject({ created, expires: at(end) });
  });

  it.each<[string, Partial<Marks>, string]>([
    ["a time to live", {}, "the mark dynenv/ttl is missing"],
    ["a real time to live", { ttl: "soon" }, 'dynenv/ttl is "soon", which is not a time to live'],
    ["a real time", { ...deployed(1), deployed: "now" }, 'dynenv/deployed is "now", which is not a time'],
    ["both times", { ttl: "4h", expires: timeMark(at(4)) }, 'dynenv/deployed is "", which is not a time'],
    [
      "times that fit",
      { ...deployed(1), expires: timeMark(at(99)) },
      'dynenv/expires is "2026-03-05T15:00:00Z", which is not dynenv/deployed plus dynenv/ttl',
    ],
    [
      "a time to live that fits",
      { ...deployed(1), ttl: "5h" },
      'dynenv/expires is "2026-03-01T17:00:00Z", which is not dynenv/deployed plus dynenv/ttl',
    ],
  ])("is unknown without %s", (_what, marks, unknown) => {
    expect(lifeSpan(marks, created)).toEqual({ unknown });
  });

  it("begins with the namespace, however old the deployment's time is", () => {
    expect(lifeSpan(deployed(-99), created)).toMatchObject({ expires: at(4) });
  });

  it("is told for any marks, and never shorter than the time to live", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("4h", "90m", "soon", ...[0, 1, 4, 99].map((h) => timeMark(at(h)))),
    );
    const marks = fc.record({ ttl: text, deployed: text, expires: text }, { requiredKeys: [] });
    fc.assert(
      fc.property(marks, fc.integer({ min: 0, max: 100 }), (given, hours) => {
        const span = lifeSpan(given, created, at(hours));
        if ("unknown" in span) expect(span.unknown).not.toBe("");
        else
          expect(span.expires.getTime() - at(hours).getTime()).toBeGreaterThanOrEqual(
            cappedTtlMs(given.ttl ?? "", undefined) ?? NaN,
          );
      }),
    );
  });
});

it.each<[string | undefined, boolean]>([
  [undefined, false],
  ["", false],
  [" ", false],
  ["false", false],
  ["False", false],
  ["true", true],
  ["demo on Friday, Ada", true],
  ["0", true],
])("the mark dynenv/pinned of %j keeps an environment: %j", (pinned, expected) => {
  expect(isPinned(pinned === undefined ? {} : { pinned })).toBe(expected);
});

describe("a namespace", () => {
  const source = { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" };
  const marksWith = async (args: Partial<EnvironmentNamespaceArgs>) => {
    const construction = await construct(() => new EnvironmentNamespace("preview", { ...source, ...args }));
    const [namespace] = manifestsOf(construction);
    return namespace?.metadata.annotations ?? {};
  };

  it("is marked with its last deployment only where that is told", async () => {
    expect(Object.keys(await marksWith({}))).not.toContain("dynenv/deployed");
    const marks = await marksWith({ ttl: "90m", deployedAt: "2026-03-01T12:00:00Z" });
    expect(marks).toMatchObject({
      "dynenv/deployed": "2026-03-01T12:00:00Z",
      "dynenv/expires": "2026-03-01T13:30:00Z",
    });
    expect(await marksWith({ ttl: "90m", deployedAt: "2026-03-01T12:00:00Z" })).toEqual(marks);
  });

  it("tells when its time is over, as does the environment", async () => {
    const { outputs } = await constructPreview({ deployedAt: "2026-03-01T12:00:00Z", trust: "fork" });
    const told = outputs.filter(
      (output) => (output as object | null) !== null && "expiresAt" in (output as object),
    );
    expect(told).toHaveLength(2);
    for (const output of told) expect(output).toMatchObject({ expiresAt: "2026-03-01T16:00:00Z" });
  });
});
