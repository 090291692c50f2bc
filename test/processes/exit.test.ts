import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";

const length = 1_000_000;
const program = `
  const { exitWith } = await import(process.argv[1]);
  setInterval(() => {}, 1000);
  process.stdout.on("error", () => {});
  process.stdout.write("x".repeat(${String(length)}));
  await exitWith(3);`;

function start() {
  const args = ["--input-type=module", "--eval", program, join(projectRoot, "cli", "process", "exit.ts")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return { stdout: child.stdout, ended: once(child, "exit") };
}

describe("the end of the process", () => {
  it("comes after all that was written, for a reader that is slow", async () => {
    const { stdout, ended } = start();
    await sleep(500);
    let read = 0;
    for await (const chunk of stdout) read += String(chunk).length;
    expect(read).toBe(length);
    expect((await ended)[0]).toBe(3);
  });

  it.each(["/dev/full"])("comes at once where nothing can be written: %s", async (full) => {
    const file = await open(full, "w");
    const dynenv = join(projectRoot, "cli", "dynenv.ts");
    for (const stdio of [
      ["ignore", file.fd, "ignore"],
      ["ignore", file.fd, file.fd],
    ] as const) {
      const child = spawn(process.execPath, [dynenv, "--help"], { stdio: [...stdio] });
      expect((await once(child, "exit"))[0]).toBe(3);
    }
    await file.close();
  });

  it("comes at once when nobody reads any more", async () => {
    const { stdout, ended } = start();
    stdout.destroy();
    expect((await ended)[0]).toBe(3);
  });
});
