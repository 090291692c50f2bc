import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rbacFile, renderedManifest, standingFile } from "../../docs/render.ts";

it.each([rbacFile, standingFile])("%s is what the permissions say", async (file) => {
  expect(readFileSync(file, "utf8"), "run: npm run docs").toBe(await renderedManifest(file));
});
