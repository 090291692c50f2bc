import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { missingMigrations } from "../../cli/release/migrations.ts";
import { lockText, parseLock, requireProject, requireVersion, sealed } from "../../foundation/releaseLock.ts";
import "./seed.ts";

const digest = `sha256:${"1".repeat(64)}`;
const lock = sealed({
  ...{ version: "1.4.0", project: "shop/deals", commit: "0123456789abcdef", ref: "main" },
  ...{ environment: "qa", program: "0.1.0", images: { deals: `registry.example.com/deals@${digest}` } },
  ...{ services: ["catalogue"], migrations: { deals: ["001.sql"] }, secretFiles: {}, objects: digest },
  graph: { application: "deals", services: { deals: { port: 80 } } },
});

describe("a lock", () => {
  it("is read as it was made, whatever the order of its keys", () => {
    expect(parseLock(lockText(lock), "lock")).toEqual(lock);
    const reversed = Object.fromEntries(Object.entries(lock).reverse());
    expect(parseLock(JSON.stringify(reversed), "lock")).toEqual(lock);
  });

  it("is refused once anything in it is edited", () => {
    const places = JSON.stringify(lock).length;
    const edited = fc.property(fc.nat({ max: places - 1 }), fc.constantFrom("0", "x", " ", '"'), (at, by) => {
      const text = JSON.stringify(lock);
      const other = text.slice(0, at) + by + text.slice(at + 1);
      fc.pre(other !== text && !isSame(other));
      expect(() => parseLock(other, "lock a.json")).toThrow(/^lock a\.json (is|was) /);
    });
    fc.assert(edited);
  });

  it.each([
    ["no JSON", "{", "is no JSON"],
    [
      "a newer format",
      JSON.stringify({ ...lock, format: 2 }),
      "is of format 2, but this dynenv knows formats up to 1",
    ],
    ["a list", "[]", "is no lock of a release"],
    ["without images", JSON.stringify({ ...lock, images: undefined }), "its images is wrong"],
    [
      "with an image by tag",
      JSON.stringify({ ...lock, images: { deals: "deals:1" } }),
      "its images.deals is wrong",
    ],
  ])("of %s is refused by one sentence", (_, text, sentence) => {
    expect(() => parseLock(text, "lock a.json")).toThrow(sentence);
  });

  it("is for its own project", () => {
    requireProject(lock, "shop/deals");
    expect(() => {
      requireProject(lock, "shop/orders");
    }).toThrow('release 1.4.0 is of the project "shop/deals"');
  });
});

/** Whether a text still says the same, as with a blank more. */
function isSame(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(lock);
  } catch {
    return false;
  }
}

it.each(["1.4.0", "2026-11-30", "v1", "1.4.0-rc.1"])("%s is a version", (version) => {
  expect(requireVersion(version)).toBe(version);
});

it.each(["", "..", "1..2", "../x", "-1", "a/b", "a b", "é", "1.json", "a".repeat(65)])(
  "%j is none",
  (version) => {
    expect(() => requireVersion(version)).toThrow("the version");
  },
);

it("names the migrations that an earlier release lacks", () => {
  const present = { migrations: { api: ["1.sql", "2.sql"], web: ["a.sql"] } };
  expect(missingMigrations(present, { migrations: { api: ["1.sql"], web: ["a.sql"] } })).toEqual([
    "api/2.sql",
  ]);
  expect(missingMigrations(present, { migrations: {} })).toEqual(["api/1.sql", "api/2.sql", "web/a.sql"]);
  expect(missingMigrations({ migrations: {} }, present)).toEqual([]);
});
