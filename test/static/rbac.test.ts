import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rbacFile, renderedRbac } from "../../docs/render.ts";

it("ci/rbac.yaml is what the permissions say", async () => {
  expect(readFileSync(rbacFile, "utf8"), "run: npm run docs").toBe(await renderedRbac());
});
