import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pulumiEnvironment } from "../../cli/shellEnvironment.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("Pulumi's home", () => {
  const home = () => pulumiEnvironment({ way: "path" }).PULUMI_HOME ?? "";
  const isFile = () => statSync(join(folder, "dynenv", "pulumi-home", "logs")).isFile();

  it("is one of dynenv's own, where Pulumi can keep no logs", () => {
    expect(home()).toBe(join(folder, "dynenv", "pulumi-home"));
    expect(isFile()).toBe(true);
  });

  it("loses the logs that are there, and nothing else", () => {
    const old = join(folder, "dynenv", "pulumi-home");
    mkdirSync(join(old, "logs"), { recursive: true });
    writeFileSync(join(old, "logs", "pulumi.log"), "all that it did");
    writeFileSync(join(old, "credentials.json"), "{}");
    home();
    expect(isFile()).toBe(true);
    expect(statSync(join(old, "credentials.json")).isFile()).toBe(true);
  });
});
