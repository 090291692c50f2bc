import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hostname, userInfo } from "node:os";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { isGone } from "../../cli/pulumi/stackLock.ts";
import { backendFiles, expectNothing } from "../faults/invariants.ts";
import { sampleOf, tellSeed } from "../integration/sampleSeed.ts";
import { backendFolder, kubectl, kubectlApply, pulumi, uniqueName } from "../integration/shell.ts";
import { whileLocked } from "./whileLocked.ts";
import { simulatedEnvironments, uidOf } from "./simulatedEnvironments.ts";

const { simulated, up, down, made, expectRemoved } = simulatedEnvironments("shared");
const plainUp = (stack: string, ...more: string[]) =>
  pulumi(["up", "--skip-preview", "--yes", "--stack", stack, ...more, ...simulated.settings]);

/** What happens to an environment while a run waits for its lock, and what the run then has to do. */
const lookingAgain: [string, (stack: string) => Promise<void>][] = [
  [
    "down leaves what was pinned",
    (stack) => leaves(stack, "down", "dynenv/pinned=demo", /is kept by people/),
  ],
  [
    "up leaves what became a fork's",
    (stack) => leaves(stack, "up", "dynenv/trust=fork", /was made for code of the trust "fork"/),
  ],
  ["down removes what was made anew", removesWhatWasMadeAnew],
  ["down has nothing to do with what another run removed", (stack) => findsNothing(stack, "down")],
  ["up has nothing to do with what another run removed", (stack) => findsNothing(stack, "up")],
];

async function leaves(stack: string, command: string, mark: string, sentence: RegExp): Promise<void> {
  const uid = await uidOf(stack);
  const { exitCode, output } = await whileLocked(
    stack,
    [command, "--stack", stack, ...forUp(command)],
    async () => {
      await kubectl("annotate", "namespace", `env-${stack}`, "--overwrite", mark);
    },
  );
  expect(exitCode, output).toBe(1);
  expect(output).toMatch(sentence);
  expect(await uidOf(stack)).toBe(uid);
  await kubectl("annotate", "namespace", `env-${stack}`, "dynenv/pinned-");
  await expectRemoved(stack);
}

async function removesWhatWasMadeAnew(stack: string): Promise<void> {
  const namespace = `env-${stack}`;
  const { exitCode, output } = await whileLocked(stack, ["down", "--stack", stack], async () => {
    const { metadata } = JSON.parse(await kubectl("get", "namespace", namespace, "-o", "json")) as {
      metadata: { labels: object; annotations: object };
    };
    await kubectl("delete", "namespace", namespace);
    const { labels, annotations } = metadata;
    await kubectlApply({
      ...{ apiVersion: "v1", kind: "Namespace" },
      metadata: { name: namespace, labels, annotations },
    });
  });
  expect(exitCode, output).toBe(0);
  await expectNothing(stack);
}

async function findsNothing(stack: string, command: string): Promise<void> {
  const { exitCode, output } = await whileLocked(
    stack,
    [command, "--stack", stack, ...forUp(command)],
    async () => {
      await kubectl("delete", "namespace", `env-${stack}`);
      const state = (await backendFiles(stack)).filter((file) => file.startsWith("/.pulumi/stacks/"));
      for (const file of state) await rm(join(backendFolder, file));
    },
  );
  expect(exitCode, output).toBe(0);
  if (command === "up") await expectRemoved(stack);
  else await expectNothing(stack);
}

beforeAll(() => {
  tellSeed("test:operations");
});

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

  test.each(sampleOf(lookingAgain, 2))(
    "that wait for a lock look again: %s meanwhile",
    async (_what, look) => {
      const stack = await made();
      await look(stack);
    },
  );

  test("leave what another host is at work on when they are interrupted", async () => {
    const stack = await made();
    const uid = await uidOf(stack);
    const { exitCode, output } = await whileLocked(
      stack,
      ["run", "--stack", stack, ...simulated.settings],
      (waiting) => {
        waiting.kill("SIGINT");
      },
    );
    expect(exitCode, output).toBe(130);
    expect(output).not.toContain("cleanup");
    expect(await uidOf(stack)).toBe(uid);
    await expectRemoved(stack);
  });
});

test("a process in a container that shares the machine's name has its lock as long as it lives", async () => {
  const script = "echo 900000 >/proc/sys/kernel/ns_last_pid; sleep 60 & echo $!; wait";
  const args = ["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
  const container = execa("unshare", args, { reject: false });
  let pid = "";
  for await (pid of container) {
    const owner = { host: hostname(), user: userInfo().username, pid: Number(pid), since: new Date() };
    expect(await isGone(owner)).toBe(false);
    container.kill("SIGKILL");
    await expect.poll(() => isGone(owner), { timeout: 5000 }).toBe(true);
  }
  expect(Number(pid)).toBeGreaterThan(900_000);
});

const forUp = (command: string) => (command === "up" ? simulated.settings : []);
