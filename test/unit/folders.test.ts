import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { cacheFolder, stateFolder } from "../../foundation/folders.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(["", ".", "state", "./state", "../state", "~/state"])(
  "what is kept lies in the user's home where XDG's variables are %j",
  (named) => {
    vi.stubEnv("XDG_STATE_HOME", named);
    vi.stubEnv("XDG_CACHE_HOME", named);
    expect(stateFolder()).toBe(join(homedir(), ".local/state/dynenv"));
    expect(cacheFolder()).toBe(join(homedir(), ".cache/dynenv"));
    vi.stubEnv("HOME", "home");
    expect(stateFolder()).toBe(join(userInfo().homedir, ".local/state/dynenv"));
  },
);

test("what is kept lies where XDG's variables say", () => {
  vi.stubEnv("XDG_STATE_HOME", "/var/state");
  vi.stubEnv("XDG_CACHE_HOME", "/var/cache");
  expect([stateFolder(), cacheFolder()]).toEqual(["/var/state/dynenv", "/var/cache/dynenv"]);
});
