import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { timeMark } from "../../components/model/lifetime/lifeSpan.ts";
import { dynenv, shell, stacks, uniqueName } from "../integration/shell.ts";
import { expectNothing } from "./invariants.ts";

/** Of which test/fixtures/upgrade has a recorded state. */
const earlier = "f73af44d12aba07a520651faaa8385aa568d488b";
const minutes = 60_000;
const project = `upgrade/${uniqueName("of")}`;
const [kept, left] = [uniqueName("kept"), uniqueName("left")];
const identity = { DYNENV_PROJECT: project, DYNENV_REF: "main" };
let checkout = "";

beforeAll(async () => {
  checkout = join(await mkdtemp(join(tmpdir(), "dynenv-")), "earlier");
  // In a shallow clone it is unknown: git fetch --unshallow.
  await execa("git", ["worktree", "add", "--detach", checkout, earlier], { cwd: projectRoot });
  await execa(join(checkout, "cli", "install"), [], { cwd: checkout });
}, 10 * minutes);

afterAll(async () => {
  for (const stack of [kept, left])
    if ((await stacks()).includes(stack)) await dynenv(["down", "--stack", stack], identity);
  await execa("git", ["worktree", "remove", "--force", checkout], { cwd: projectRoot });
  await rm(join(checkout, ".."), { recursive: true });
}, 2 * minutes);

/** As the earlier version does it, with plain Pulumi. */
async function earlierUp(stack: string, ...settings: string[]) {
  const env = { ...shell, ...identity, DYNENV_COMMIT: earlier, DYNENV_DEPLOYED_AT: timeMark(new Date()) };
  await execa("pulumi", ["stack", "select", "--create", stack], { cwd: checkout, env });
  const args = ["up", "--yes", "--skip-preview", "--stack", stack, "--non-interactive", ...settings];
  const { exitCode, all } = await execa("pulumi", args, { cwd: checkout, env, all: true, reject: false });
  expect(exitCode, all).toBe(0);
}

test(
  "an environment that an earlier version made is updated, tested, removed and reaped",
  async () => {
    await earlierUp(left, "--config", "ttl=1m");
    const due = Date.now() + minutes;
    await earlierUp(kept);

    for (const command of ["up", "diagnose", "test", "down"]) {
      const { exitCode, output } = await dynenv([command, "--stack", kept], identity);
      expect(exitCode, `${command}: ${output}`).toBe(0);
    }
    await expectNothing(kept);

    await sleep(Math.max(0, due - Date.now()));
    const { exitCode, output } = await dynenv(["reap", "--yes"], identity);
    expect(exitCode, output).toBe(0);
    await expectNothing(left);
  },
  5 * minutes,
);
