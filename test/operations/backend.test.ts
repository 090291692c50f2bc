import { afterAll, beforeAll, expect, test } from "vitest";
import { lastLine } from "../../foundation/work.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { dynenv, pulumi, remains, shell, uniqueName } from "../integration/shell.ts";
import { startS3, type S3 } from "./s3.ts";

const undo: (() => Promise<void>)[] = [];
let settings: string[] = [];
let s3: S3;

beforeAll(async () => {
  s3 = await startS3();
  undo.push(s3.end);
  const simulated = await simulatedSettings();
  undo.push(simulated.end);
  settings = simulated.settings;
});

afterAll(async () => {
  for (const step of undo.reverse()) await step();
  expect(await remains()).toEqual([]);
});

const up = (stack: string) => dynenv(["up", "--stack", stack, ...settings], s3.env);
const down = (stack: string) => dynenv(["down", "--stack", stack], s3.env);

/** The backend's own file is all that may stay. */
async function expectNothingKept(): Promise<void> {
  expect((await s3.keys()).filter((key) => key !== ".pulumi/meta.yaml")).toEqual([]);
}

test("a networked backend keeps the state of an environment, and nothing once it is removed", async () => {
  const stack = uniqueName("bucket");
  const made = await up(stack);
  expect(made.exitCode, made.output).toBe(0);
  expect(await s3.keys()).toContain(`.pulumi/stacks/dynenv/${stack}.json`);
  const again = await pulumi(
    ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack, ...settings],
    s3.env,
  );
  expect(again.exitCode, again.output).toBe(0);
  const removed = await down(stack);
  expect(removed.exitCode, removed.output).toBe(0);
  await expectNothingKept();
});

test("dynenv down removes the backups that plain pulumi destroy --remove leaves", async () => {
  const stack = uniqueName("bucket");
  await pulumi(["stack", "init", "--stack", stack], s3.env);
  const made = await pulumi(["up", "--yes", "--skip-preview", "--stack", stack, ...settings], s3.env);
  expect(made.exitCode, made.output).toBe(0);
  await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack], s3.env);
  expect((await s3.keys()).some((key) => key.includes(stack))).toBe(true);
  const removed = await down(stack);
  expect(removed.exitCode, removed.output).toBe(0);
  await expectNothingKept();
});

test("a slow backend is waited for", async () => {
  const stack = uniqueName("slow");
  s3.weather.latency = 40;
  try {
    const made = await up(stack);
    expect(made.exitCode, made.output).toBe(0);
    const removed = await down(stack);
    expect(removed.exitCode, removed.output).toBe(0);
  } finally {
    s3.weather.latency = 0;
  }
  await expectNothingKept();
});

test("a backend that is read-only ends runs with one sentence, and nothing is lost", async () => {
  const stack = uniqueName("readonly");
  expect((await up(stack)).exitCode).toBe(0);
  const kept = await s3.keys();
  s3.weather.isReadOnly = true;
  try {
    for (const run of [up, down]) {
      const { exitCode, output } = await run(stack);
      expect(exitCode, output).toBe(3);
      expect(lastLine(output)).toMatch(/^dynenv: .*AccessDenied/);
      expect(output).not.toContain("canary-of-the-backend");
    }
  } finally {
    s3.weather.isReadOnly = false;
  }
  expect((await s3.keys()).sort()).toEqual(kept.sort());
  const removed = await down(stack);
  expect(removed.exitCode, removed.output).toBe(0);
  await expectNothingKept();
});

test("a backend that is gone is told", async () => {
  const { exitCode, output } = await dynenv(["down", "--stack", uniqueName("gone")], {
    ...s3.env,
    PULUMI_BACKEND_URL: "s3://state?endpoint=http://127.0.0.1:59998&s3ForcePathStyle=true&region=us-east-1",
  });
  expect(exitCode, output).toBe(3);
  expect(lastLine(output)).toMatch(/^dynenv: stack .* cannot be read: .*connection refused/);
  expect(shell.PULUMI_BACKEND_URL).toMatch(/^file:/);
});
