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
