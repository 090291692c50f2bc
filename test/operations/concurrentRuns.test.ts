import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { kubectl, pulumi, shell, uniqueName } from "../integration/shell.ts";
import { simulatedEnvironments } from "./simulatedEnvironments.ts";

const { simulated, up, down, made, expectRemoved } = simulatedEnvironments("shared");
const plainUp = (stack: string, ...more: string[]) =>
  pulumi(["up", "--skip-preview", "--yes", "--stack", stack, ...more, ...simulated.settings]);

function uidOf(stack: string): Promise<string> {
  return kubectl("get", "namespace", `env-${stack}`, "-o", "jsonpath={.metadata.uid}");
}

describe.concurrent("runs of one environment", () => {
  test("that begin in the same second come one after the other", async () => {
    const stack = uniqueName("twice");
    const runs = await Promise.all([up(stack), up(stack)]);
    for (const { exitCode, output } of runs) expect(exitCode, output).toBe(0);
    expect(runs.filter(({ output }) => output.includes("another run for this environment"))).toHaveLength(1);
    const again = await plainUp(stack, "--refresh", "--expect-no-changes");
    expect(again.exitCode, again.output).toBe(0);
    expect((await down(stack)).exitCode).toBe(0);
  });

  test("wait for plain Pulumi, whose lock they do not break", async () => {
    const stack = uniqueName("locked");
    await pulumi(["stack", "select", "--create", stack]);
    const plain = plainUp(stack);
    const ended = await up(stack);
    expect(ended.exitCode, ended.output).toBe(0);
    const { exitCode, output } = await plain;
    expect(exitCode, output).toBe(0);
    expect((await down(stack)).exitCode).toBe(0);
  });

  test("take nothing for half made that plain Pulumi is at work on", async () => {
    const stack = uniqueName("living");
    await pulumi(["stack", "select", "--create", stack]);
    const plain = plainUp(stack);
    await kubectl("wait", "--for=create", `namespace/env-${stack}`, "--timeout=60s");
    const uid = await uidOf(stack);
    const ended = await up(stack);
    expect(ended.exitCode, ended.output).toBe(0);
    expect((await plain).exitCode, (await plain).output).toBe(0);
    expect(await uidOf(stack), ended.output).toBe(uid);
    expect((await down(stack)).exitCode).toBe(0);
  });

  test("that wait for a lock look again: what was pinned meanwhile stays", async () => {
    const stack = await made();
    const backend = (shell.PULUMI_BACKEND_URL ?? "").replace("file://", "");
    const folder = join(backend, ".pulumi", "locks", "organization", "dynenv", stack);
    await mkdir(folder, { recursive: true });
    const owner = { pid: 1, username: "ada", hostname: "elsewhere", timestamp: new Date().toISOString() };
    await writeFile(join(folder, "lock.json"), JSON.stringify(owner));
    const args = { env: shell, all: true, reject: false } as const;
    const removal = execa(join(projectRoot, "cli", "dynenv"), ["down", "--stack", stack], args);
    for await (const line of removal.iterable({ from: "all" })) {
      if (!line.includes("is locked by ada@elsewhere (pid 1)")) continue;
      await kubectl("annotate", "namespace", `env-${stack}`, "dynenv/pinned=demo");
      await rm(folder, { recursive: true });
    }
    const { exitCode, all } = await removal;
    expect(exitCode, all).toBe(1);
    expect(all).toContain(`namespace env-${stack} is kept by people`);
    await kubectl("annotate", "namespace", `env-${stack}`, "dynenv/pinned-");
    await expectRemoved(stack);
  });
});
