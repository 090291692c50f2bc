import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isNoStack } from "../../cli/pulumi/commandErrors.ts";
import { pulumi, PulumiFailure } from "../../cli/pulumi/pulumi.ts";
import { isLocked, lockOwners } from "../../cli/pulumi/stackLock.ts";
import { exitCodes } from "../../foundation/failure.ts";
import { captured, readCaptured, version } from "../pulumiWords/captured.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "words-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Replay {
  /** Lines of progress, without times. */
  told: string[];
  begun: number;
  failure?: PulumiFailure;
}

/** Lets the command line run a Pulumi that says what the real one once said. */
async function replay(what: string): Promise<Replay> {
  const { stdout, stderr, exitCode } = readCaptured(what);
  const bin = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(bin, "out"), stdout.map((line) => `${line}\n`).join(""));
  await writeFile(join(bin, "err"), stderr.join("\n"));
  const script = `#!/bin/sh\ncat "${bin}/out"; cat "${bin}/err" >&2; exit ${String(exitCode)}\n`;
  await writeFile(join(bin, "pulumi"), script);
  await chmod(join(bin, "pulumi"), 0o755);
  const told: string[] = [];
  let begun = 0;
  const run = {
    env: { PATH: `${bin}:${process.env.PATH ?? ""}` },
    progress: (line: string) => void told.push(line.replace(/\([\d.]+s\)/, "(TIME)")),
    begun: () => void (begun += 1),
    signal: new AbortController().signal,
  };
  try {
    await pulumi(["up"], run);
    return { told, begun };
  } catch (failure) {
    if (!(failure instanceof PulumiFailure)) throw failure;
    return { told, begun, failure };
  }
}

const stackType = "pulumi:pulumi:Stack";
const stack = `${stackType} words-words`;
const provider = "pulumi:providers:kubernetes";
const space = "kubernetes:core/v1:Namespace space";
const late = "kubernetes:core/v1:Pod late";
const settings = "kubernetes:core/v1:ConfigMap settings";

describe("what the Pulumi CLI says", () => {
  const all = "create update replace refused late exception destroy missing locked".split(" ");

  it.each(all)("%s: was captured from the version that is installed", (what) => {
    expect(
      readCaptured(what).version,
      `Pulumi is ${version} now: capture ${captured(what)} anew, as test/pulumiWords/capture.ts says, and look at what differs`,
    ).toBe(version);
  });

  it.each([
    ["create", [`+  ${space} created`, `+  ${settings} created`, `+  ${stack} created`]],
    ["update", [`~  ${settings} updated (TIME) [diff: ~metadata]`]],
    ["replace", [`+- ${settings} replaced (TIME) [diff: ~metadata]`]],
    [
      "destroy",
      [`-  ${late} deleted`, `-  ${settings} deleted`, `-  ${space} deleted`, `-  ${stack} deleted`],
    ],
  ])("%s: tells each object that is done, as Pulumi does", async (what, lines) => {
    const { told, begun, failure } = await replay(what);
    expect(failure).toBeUndefined();
    expect(begun).toBe(1);
    const ofObjects = told.map((line) => line.trim()).filter((line) => !line.includes(provider));
    // What is independent is done in any order.
    expect(ofObjects.toSorted()).toEqual(
      lines.toSorted().map((line) => (line.includes("TIME") ? line : `${line} (TIME)`)),
    );
  });

  it.each([
    [
      "refused",
      "kubernetes:core/v1:ConfigMap refused",
      /^resource "urn:\S+::refused" was not successfully created by the Kubernetes API server: ConfigMap "Wrong_Name" is invalid: /,
    ],
    [
      "late",
      late,
      /^resource "urn:\S+::late" was successfully created, but .* failed to fully initialize or become live: 'late' timed out/,
    ],
  ])("%s: tells an error once, with its object, and fails of it", async (what, object, reason) => {
    const { told, failure } = await replay(what);
    expect(failure?.message).toMatch(reason);
    expect(failure?.exitCode).toBe(exitCodes.broken);
    expect(told).toEqual([`  ${object} error: ${failure?.message ?? ""}`]);
  });

  it("exception: is told whole, and is the reason in one sentence", async () => {
    const { told, failure } = await replay("exception");
    const announced = "Running program '/words/' failed with an unhandled exception:";
    expect(failure?.message).toBe(`${announced} TypeError: no deals`);
    expect(told.slice(0, 4)).toEqual([
      ...[`  error: ${announced}`, "  TypeError: no deals", "  today"],
      expect.stringMatching(/^ {6}at .*\/words\/index\.js:\d+:\d+\)?$/),
    ]);
  });

  it("exception: does not call the stack made, which is there all the same", async () => {
    expect((await replay("exception")).told.filter((line) => line.includes(stackType))).toEqual([]);
  });

  it("missing, locked: has no events, and the reason is the command's", async () => {
    const missing = await replay("missing");
    expect(missing).toMatchObject({ begun: 0, told: ["  error: no stack named 'missing' found"] });
    expect(isNoStack(missing.failure?.output ?? "")).toBe(true);
    const locked = await replay("locked");
    // Who holds it is told by those who wait.
    expect(locked).toMatchObject({ begun: 0, told: [] });
    const output = locked.failure?.output ?? "";
    expect([isLocked(output), isNoStack(output)]).toEqual([true, false]);
    const since = new Date("2026-11-21T18:00:00Z");
    expect(lockOwners(output)).toEqual([{ user: "ada", host: "elsewhere", pid: 1, since }]);
  });
});
