import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { mutations } from "../mutations/mutations.ts";

describe("each mutation", () => {
  test("has a text that occurs exactly once in its file, and another one in its place", () => {
    const wrong = mutations.filter(({ file, text, replacement }) => {
      const parts = readFileSync(join(projectRoot, file), "utf8").split(text);
      return parts.length !== 2 || replacement === text;
    });
    expect(wrong.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });

  test("names tests that there are", () => {
    const files = new Set(mutations.flatMap(({ tests }) => tests));
    expect([...files].filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
  });

  test("breaks something else than the others", () => {
    const said = mutations.map(({ breaks }) => breaks);
    expect(said.filter((one, index) => said.indexOf(one) < index)).toEqual([]);
  });
});
