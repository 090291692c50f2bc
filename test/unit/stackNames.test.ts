import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stackNames } from "../../cli/pulumi/stackNames.ts";
import { projectRoot } from "../../foundation/folders.ts";

const folder = mkdtempSync(join(tmpdir(), "dynenv-stacks-"));
const stacks = join(folder, ".pulumi", "stacks", "dynenv");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const namesAt = (backend: string, env: Record<string, string> = {}) =>
  stackNames({
    env: { PULUMI_BACKEND_URL: backend, ...env },
    progress: () => undefined,
    signal: new AbortController().signal,
  });

describe("the stacks of a folder", () => {
  it("are none before the first one", async () => {
    expect(await namesAt(`file://${folder}`)).toEqual([]);
  });

  it.each([
    ["its path", `file://${folder}`],
    ["its path, with options", `file://${folder}?no_tmp_dir=true`],
    ["a path relative to the project", `file://${relative(projectRoot, folder)}`],
    ["a path relative to the home", `file://~/${relative(homedir(), folder)}`],
  ])("are found by %s", async (_what, backend) => {
    mkdirSync(stacks, { recursive: true });
    // Neither would be a state: names are all that is read.
    for (const file of ["b.json", "a.json.gz", "b.json.bak", "b.json.attrs", "c.json.bak"])
      writeFileSync(join(stacks, file), "");
    expect(await namesAt(backend)).toEqual(["a", "b"]);
  });

  it("cannot be read where it is none, which is said in one sentence", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(namesAt(`file://${file}`)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^the backend's folder .*file\/\.pulumi\/stacks\/dynenv cannot be read: ENOTDIR/,
      ) as string,
    });
  });
});

describe("the stacks of another backend", () => {
  /** A program in Pulumi's place, which fails so often. */
  const fakePulumi = (
    failures: number,
    error: string,
  ): { env: Record<string, string>; runs: () => number } => {
    const bin = mkdtempSync(join(folder, "bin-"));
    const log = join(bin, "log");
    const program = `#!/bin/sh
echo "$@" >> ${log}
[ $(wc -l < ${log}) -gt ${String(failures)} ] || { echo "error: ${error}" >&2; exit 255; }
echo '[{"name": "b"}, {"name": "acme/a"}]'`;
    writeFileSync(join(bin, "pulumi"), program);
    chmodSync(join(bin, "pulumi"), 0o755);
    const runs = () => readFileSync(log, "utf8").trim().split("\n").length;
    return { env: { PATH: `${bin}:${process.env.PATH ?? ""}` }, runs };
  };

  it("are listed again when another run was just writing one", async () => {
    const { env, runs } = fakePulumi(2, "could not load checkpoint: unexpected end of JSON input");
    expect(await namesAt("s3://states", env)).toEqual(["a", "b"]);
    expect(runs()).toBe(3);
  });

  it.each([
    ["once when the backend is out of reach", 1, "connection refused"],
    ["five times when a state stays half written", 5, "EOF"],
  ])("are asked for %s", async (_what, times, error) => {
    const { env, runs } = fakePulumi(99, error);
    await expect(namesAt("s3://states", env)).rejects.toMatchObject({
      exitCode: 3,
      message: `the stacks cannot be listed: ${error}`,
    });
    expect(runs()).toBe(times);
  });
});
