import { afterAll, beforeAll, expect, test } from "vitest";
import { dynenv, kubectl, remains, stacks, uniqueName } from "../integration/shell.ts";
import { eachOf } from "./eachOf.ts";
import { expectNothing } from "./invariants.ts";
import { simulatedSettings } from "./simulatedSettings.ts";

const environments = 20;
const atOnce = 4;
const minutes = 60_000;
// On a simulated node: together they request more than a machine with two cores has.
let settings: string[] = [];
let end: (() => Promise<void>) | undefined;

beforeAll(async () => {
  ({ settings, end } = await simulatedSettings());
});

afterAll(async () => {
  for (const stack of await stacks())
    if (!stack.startsWith("image-")) await dynenv(["down", "--stack", stack]);
  await end?.();
  expect(await remains()).toEqual([]);
});

/** Identities of an environment's pods, and how often their containers began. */
async function pods(stack: string): Promise<string> {
  const columns = "{.metadata.uid} {.status.phase} {.status.containerStatuses[*].restartCount}";
  const template = `jsonpath={range .items[*]}${columns}{"\\n"}{end}`;
  return kubectl("get", "pods", "-n", `env-${stack}`, "-o", template, "--sort-by=.metadata.name");
}

test(
  "twenty environments live at once, and none touches another while four of them come or go",
  async () => {
    const names = Array.from({ length: environments }, () => uniqueName("many"));
    const start = Date.now();
    const seconds = () => `${String(Math.round((Date.now() - start) / 1000))} s`;
    await eachOf(names, atOnce, async (stack) => {
      const { exitCode, output } = await dynenv(["up", "--stack", stack, ...settings]);
      expect(exitCode, output).toBe(0);
    });
    console.log(
      `${String(environments)} environments are up after ${seconds()}, ${String(atOnce)} at a time`,
    );
    const [going, staying] = [names.slice(0, environments / 2), names.slice(environments / 2)];
    const untouched = await Promise.all(staying.map(pods));
    expect(untouched.every((lines) => lines.includes("Running"))).toBe(true);
    const remove = async (stack: string) => {
      const { exitCode, output } = await dynenv(["down", "--stack", stack]);
      expect(exitCode, output).toBe(0);
      await expectNothing(stack);
    };
    await eachOf(going, atOnce, remove);
    expect(await Promise.all(staying.map(pods))).toEqual(untouched);
    await eachOf(staying, atOnce, remove);
    console.log(`all are gone after ${seconds()}`);
  },
  30 * minutes,
);
