import { basename, dirname } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { below } from "../../foundation/below.ts";
import "./seed.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 50 }),
  fc.string({ unit: fc.constantFrom(".", "/", "\\", "a", "\0", "~"), maxLength: 8 }),
  fc.constantFrom("..", "../..", ".", "", "/etc/passwd", "a/../../b", "..\\..", "~"),
);

describe("a path below a folder", () => {
  it("lies right below it, whatever the name, or is refused", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        let path: string;
        try {
          path = below("/state/backups", name);
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 2 });
          return;
        }
        expect(dirname(path)).toBe("/state/backups");
        expect(basename(path)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["..", ".", "", "a/b", "/", "a\0b", "a\\b"])("is refused for %j", (name) => {
    expect(() => below("/state", name)).toThrow(
      / must be the name of a file or folder, such as feature-login$/,
    );
  });
});
