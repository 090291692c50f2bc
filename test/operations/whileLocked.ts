import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import { backendFolder, shell } from "../integration/shell.ts";

/**
 * Runs dynenv while a process of another host has the lock of a stack. Once the run says that it waits, something happens
 * to the environment, and then the lock goes.
 */
export async function whileLocked(
  stack: string,
  args: string[],
  meanwhile: (waiting: { kill: (signal: "SIGINT") => unknown }) => Promise<void> | void,
): Promise<{ exitCode: number | undefined; output: string }> {
  const folder = join(backendFolder, ".pulumi", "locks", "organization", "dynenv", stack);
  await mkdir(folder, { recursive: true });
  const owner = { pid: 1, username: "ada", hostname: "elsewhere", timestamp: new Date().toISOString() };
  await writeFile(join(folder, "lock.json"), JSON.stringify(owner));
  const options = { env: shell, all: true, reject: false } as const;
  const waiting = execa(join(projectRoot, "cli", "dynenv"), args, options);
  try {
    for await (const line of waiting.iterable({ from: "all" })) {
      if (!line.includes("is locked by ada@elsewhere (pid 1)")) continue;
      await meanwhile(waiting);
      await rm(folder, { recursive: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { exitCode, all } = await waiting;
  return { exitCode, output: all };
}
