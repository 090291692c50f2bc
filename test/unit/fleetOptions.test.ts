import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { requireRemoteOf } from "../../cli/commands/fleetOptions.ts";

beforeEach(() => {
  vi.stubEnv("DYNENV_PROJECT", "shop/deals");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  [{}],
  [{ project: "shop/deals" }],
  [{ project: "team/b", remote: "https://example.com/team/b.git" }],
])("lets %j be swept by the branches of the right repository", (options) => {
  expect(() => {
    requireRemoteOf(options);
  }).not.toThrow();
});

it("does not let another project be swept by this checkout's branches", () => {
  expect(() => {
    requireRemoteOf({ project: "team/b" });
  }).toThrow(
    /^--project is "team\/b", but (origin leads to .*|this checkout has no remote origin): name that project's repository with --remote$/,
  );
});

it.each([
  ["https://git.example.com/shop/deals.git", "shop/deals", true],
  ["git@git.example.com:shop/deals.git", "shop/deals", true],
  ["ssh://git@git.example.com:2222/shop/deals/", "shop/deals", true],
  ["https://git.example.com/archive/shop/deals.git", "shop/deals", false],
  ["https://git.example.com/shop/deals-old", "shop/deals", false],
  ["https://git.example.com/team/shop", "shop", false],
])("judges by the whole path of %s whether it is that of %s", (url, project, isRight) => {
  vi.stubEnv("DYNENV_PROJECT", "another");
  const folder = mkdtempSync(join(tmpdir(), "dynenv-remote-"));
  try {
    execFileSync("git", ["init", "--quiet", folder]);
    execFileSync("git", ["-C", folder, "remote", "add", "origin", url]);
    const require = () => {
      requireRemoteOf({ project }, folder);
    };
    if (isRight) expect(require).not.toThrow();
    else expect(require).toThrow(/ leads to /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
