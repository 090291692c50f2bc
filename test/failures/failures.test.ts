import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { diagnosed, type Diagnosed } from "./diagnose.ts";
import { useFaultyServer } from "./faultyServer.ts";
import { scenarios } from "./scenarios/index.ts";

const results: Diagnosed[] = [];

useFaultyServer();

afterAll(async () => {
  const folder = join(projectRoot, "test", "failures", "results");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  for (const { cause, seconds, sentence } of results)
    console.log(`${seconds.toFixed(0).padStart(3)} s  ${cause.padEnd(24)} ${sentence}`);
});

it.concurrent.each(scenarios)("$cause: $what", { timeout: 180_000 }, async (scenario) => {
  results.push(await diagnosed(scenario));
});
