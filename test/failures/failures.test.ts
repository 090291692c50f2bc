import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { projectRoot } from "../../local/folders.ts";
import { inventory } from "../integration/shell.ts";
import { diagnosed, type Diagnosed } from "./diagnose.ts";
import { startFaultyServer } from "./faultyServer.ts";
import { scenarios } from "./scenarios/index.ts";

const results: Diagnosed[] = [];
let before: string[] = [];
let end: (() => Promise<void>) | undefined;

beforeAll(async () => {
  before = await inventory();
  end = await startFaultyServer();
});

afterAll(async () => {
  await end?.();
  const folder = join(projectRoot, "test", "failures", "results");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  for (const { cause, seconds, sentence } of results)
    console.log(`${seconds.toFixed(0).padStart(3)} s  ${cause.padEnd(24)} ${sentence}`);
  const isAsBefore = async () => {
    expect(await inventory()).toEqual(before);
  };
  await vi.waitFor(isAsBefore, { timeout: 120_000, interval: 2000 });
}, 180_000);

it.concurrent.each(scenarios)("$cause: $what", { timeout: 180_000 }, async (scenario) => {
  results.push(await diagnosed(scenario));
});
