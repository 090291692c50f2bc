import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backendFolders, readCheckpoint, removeFiles, repairFiles } from "../../cli/pulumi/fileBackend.ts";

let folder: string;
const env = () => ({ PULUMI_BACKEND_URL: `file://${folder}` });
const run = () => ({ env: env(), progress: () => undefined, signal: new AbortController().signal });
const path = (name: string) => join(folder, ".pulumi", name);
const state = "stacks/dynenv/s.json";
const lock = "locks/organization/dynenv/s/1.json";

function write(name: string, content: string): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
}

function lockOf(pid: number): string {
  const timestamp = new Date().toISOString();
  return JSON.stringify({ pid, username: userInfo().username, hostname: hostname(), timestamp });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backend-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("a checkpoint", () => {
  const read = () => readCheckpoint("s", env());
  const latest = { resources: [{ urn: "urn:pulumi:s" }] };

  it("is read from its file", async () => {
    write(state, JSON.stringify({ version: 3, checkpoint: { latest } }));
    expect(await read()).toEqual({ exists: true, latest });
  });

  it("is empty when nothing was deployed yet", async () => {
    write(state, JSON.stringify({ version: 3, checkpoint: { latest: null } }));
    expect(await read()).toEqual({ exists: true });
  });

  it("is not there when the project has other stacks only, or a backup of this one", async () => {
    write("stacks/dynenv/s-image.json", JSON.stringify({ version: 3, checkpoint: { latest } }));
    write(`${state}.bak`, JSON.stringify({ version: 3, checkpoint: { latest } }));
    write(`${state}.bak.attrs`, "{}");
    expect(await read()).toEqual({ exists: false });
  });

  it.each([
    ["half written", state, '{"version": 3, "checkpo'],
    ["of another format", state, '{"version": 4, "checkpoint": {}}'],
    ["compressed", `${state}.gz`, ""],
    ["in a backend without a stack of this project", "stacks/other/s.json", "{}"],
  ])("is left to Pulumi when it is %s", async (_reason, name, content) => {
    write(name, content);
    expect(await read()).toBeUndefined();
  });

  it("is left to Pulumi when its attributes are half written", async () => {
    write(state, JSON.stringify({ version: 3, checkpoint: { latest } }));
    write(`${state}.attrs`, "{");
    expect(await read()).toBeUndefined();
  });

  it("is left to Pulumi when the backend is no folder", async () => {
    expect(await readCheckpoint("s", { PULUMI_BACKEND_URL: "s3://states" })).toBeUndefined();
  });
});

describe("a stack whose writer was killed", () => {
  it("gets the state before the one that was cut off", async () => {
    write(state, '{"version": 3, "checkpo');
    write(`${state}.bak`, '{"version": 3}');
    expect(await repairFiles("s", run())).toBe(true);
    expect(readFileSync(path(state), "utf8")).toBe('{"version": 3}');
  });

  it("is none when no state of it can be read", async () => {
    write(state, "");
    write(`${state}.bak`, "{");
    expect(await repairFiles("s", run())).toBe(true);
    expect([state, `${state}.bak`].map((file) => existsSync(path(file)))).toEqual([false, false]);
  });

  it("keeps its state when only the attributes beside it were cut off", async () => {
    write(state, '{"version": 3}');
    write(`${state}.attrs`, "");
    write(lock, "");
    expect(await repairFiles("s", run())).toBe(true);
    expect([state, `${state}.attrs`, lock].map((file) => existsSync(path(file)))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is left alone while a run lives that may be writing", async () => {
    write(state, "");
    write(lock, lockOf(process.pid));
    expect(await repairFiles("s", run())).toBe(false);
    expect(readFileSync(path(state), "utf8")).toBe("");
  });

  it("is left to people where it is compressed, with the one before it", async () => {
    write(`${state}.gz`, "");
    write(`${state}.gz.bak`, "not JSON");
    expect(await repairFiles("s", run())).toBe(false);
    expect([`${state}.gz`, `${state}.gz.bak`].map((file) => existsSync(path(file)))).toEqual([true, true]);
  });

  it("is left alone with a file that cannot be read", async () => {
    write(state, "");
    mkdirSync(path(`${state}.bak`), { recursive: true });
    await expect(repairFiles("s", run())).rejects.toThrow(/s\.json\.bak.* cannot be read \(EISDIR\)/);
    expect([existsSync(path(state)), existsSync(path(`${state}.bak`))]).toEqual([true, true]);
  });

  it("is left alone where nothing is wrong, and in a backend that is no folder", async () => {
    write(state, "{}");
    expect(await repairFiles("s", run())).toBe(false);
    const bucket = { ...run(), env: { PULUMI_BACKEND_URL: "s3://bucket" } };
    expect(await repairFiles("s", bucket)).toBe(false);
  });
});

describe("the files of a stack that is no more", () => {
  it.each(["..", ".", "", "../..", "a/b", "/", "a\0", "..\\x"])(
    "are never looked for below %j",
    async (stack) => {
      const others = [
        "backups/dynenv/st/1",
        "backups/other/s/1",
        "history/dynenv/st/1",
        "stacks/dynenv/st.json",
      ];
      for (const file of others) write(file, "{}");
      const folders = backendFolders(env());
      if (folders === undefined) throw new Error("no folder");
      await expect(removeFiles(stack, folders)).rejects.toMatchObject({ exitCode: 2 });
      expect(others.map((file) => existsSync(path(file)))).toEqual(others.map(() => true));
    },
  );

  it("go, and no others", async () => {
    const own = [`${state}.bak`, `${state}.1f.tmp`, "backups/dynenv/s/s.1.json", "history/dynenv/s/s-1.json"];
    const others = [
      "stacks/dynenv/s.json2.json",
      "stacks/dynenv/st.json",
      "stacks/dynenv/s.json.json",
      "stacks/dynenv/s.json.json.bak",
      "stacks/other/s.json.bak",
      "backups/dynenv/st/1",
    ];
    for (const file of [...own, ...others]) write(file, "{}");
    const folders = backendFolders(env());
    if (folders === undefined) throw new Error("no folder");
    await removeFiles("s", folders);
    expect(own.map((file) => existsSync(path(file)))).toEqual(own.map(() => false));
    expect(others.map((file) => existsSync(path(file)))).toEqual(others.map(() => true));
  });
});
