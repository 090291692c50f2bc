import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exclusively } from "../../foundation/lock.ts";
import "../unit/seed.ts";

const holder = join(import.meta.dirname, "lockHolder.ts");
let folder: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dynenv-lock-"));
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  rmSync(folder, { recursive: true });
});

/** A process of its own that takes a lock. */
function hold(name: string, rounds = 1, holdMs = 60_000) {
  const child = spawn(process.execPath, [holder, folder, name, String(rounds), String(holdMs)]);
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
  const inside = async () => {
    while (!output.includes("inside\n")) await sleep(20);
  };
  return { child, inside, ended: once(child, "close"), output: () => output };
}

const locked = (name: string, run: () => Promise<unknown>, waitAtMostMs = 30_000, lines: string[] = []) =>
  exclusively(
    name,
    "another run is under way",
    { progress: (line) => lines.push(line), signal: new AbortController().signal },
    run,
    { folder, waitAtMostMs },
  );
const nothing = () => Promise.resolve();

describe("a lock", () => {
  it("is taken back by the kernel when its owner is killed", async () => {
    const { child, inside, ended } = hold("s");
    await inside();
    const lines: string[] = [];
    const taken = locked("s", nothing, 30_000, lines);
    await sleep(500);
    child.kill("SIGKILL");
    await ended;
    await taken;
    expect(lines).toHaveLength(1);
  });

  it("names its owner, and is not waited for longer than the limit", async () => {
    const { child, inside } = hold("s");
    await inside();
    const lines: string[] = [];
    await expect(locked("s", nothing, 700, lines)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        new RegExp(
          `^another run is under way \\(".*lockHolder.*, pid ${String(child.pid)}, since 20\\S+Z\\) and did not end in 1 min: `,
        ),
      ) as string,
    });
    expect(lines.join("\n")).toMatch(/lockHolder.*: waiting for it, at most 1 min \.\.\.$/);
  });

  it("is not waited for any longer once the signal comes", async () => {
    const { inside } = hold("s");
    await inside();
    const signal = AbortSignal.timeout(300);
    const work = { progress: () => undefined, signal };
    await expect(exclusively("s", "x", work, nothing, { folder })).rejects.toThrow("aborted");
  });

  it("holds up neither another name nor another folder", async () => {
    const { inside } = hold("s");
    await inside();
    await locked("t", nothing, 1000);
    const other = join(folder, "other");
    await exclusively(
      "s",
      "x",
      { progress: () => undefined, signal: new AbortController().signal },
      nothing,
      {
        folder: other,
        waitAtMostMs: 1000,
      },
    );
  });

  it("is one file below its folder while it is held and none after it, whatever its name", async () => {
    const name = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constantFrom("..", "../../x", "/etc/passwd", "a\0b", "", "x".repeat(200), "x".repeat(100_000)),
    );
    await fc.assert(
      fc.asyncProperty(name, async (any) => {
        await locked(any, () => {
          expect(readdirSync(folder)).toEqual(["locks"]);
          expect(readdirSync(join(folder, "locks")).map((file) => file.length)).toEqual([32, 38]);
          return nothing();
        });
        expect(readdirSync(join(folder, "locks"))).toEqual([]);
      }),
    );
  });

  it("lies in a folder that nobody else can enter", async () => {
    const locks = join(folder, "locks");
    mkdirSync(locks);
    chmodSync(locks, 0o777);
    await locked("s", () => {
      expect(statSync(locks).mode & 0o777).toBe(0o700);
      return nothing();
    });
  });

  it.runIf(process.getuid?.() === 0)("is refused in another user's folder", async () => {
    const locks = join(folder, "locks");
    mkdirSync(locks);
    chownSync(locks, 65_534, 65_534);
    await expect(locked("s", nothing)).rejects.toMatchObject({ exitCode: 2 });
  });

  it("never has two owners, however many want it and some are killed", async () => {
    const all = Array.from({ length: 12 }, () => hold("s", 25, 1));
    for (const { child } of all.slice(0, 4))
      setTimeout(() => child.kill("SIGKILL"), 1500 + Math.random() * 1500);
    await Promise.all(all.map(({ ended }) => ended));
    for (const { output } of all) expect(output()).not.toMatch(/overlap|Error/);
    for (const { child } of all.slice(4)) expect(child.exitCode).toBe(0);
  }, 60_000);
});
