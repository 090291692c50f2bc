import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shellEnvironment } from "../../cli/access/shellEnvironment.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///nowhere");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("Pulumi's home", () => {
  const home = () => join(folder, "dynenv", "pulumi-home");
  const given = async () => (await shellEnvironment({ way: "path", folders: [] }, undefined)).PULUMI_HOME;
  const isFile = (name: string) => statSync(join(home(), name)).isFile();

  it("is one of dynenv's own, where Pulumi can keep no logs", async () => {
    expect(await given()).toBe(home());
    expect(isFile("logs")).toBe(true);
  });

  it("loses the logs that are there, and nothing else", async () => {
    mkdirSync(join(home(), "logs"), { recursive: true });
    writeFileSync(join(home(), "logs", "pulumi.log"), "all that it did");
    writeFileSync(join(home(), "credentials.json"), "{}");
    await given();
    expect(isFile("logs")).toBe(true);
    expect(isFile("credentials.json")).toBe(true);
  });
});
