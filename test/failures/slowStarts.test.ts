import { afterAll, beforeAll, expect, it } from "vitest";
import { startFaultyServer } from "./faultyServer.ts";
import { slowStarts, startSlowly } from "./slowStarts.ts";

let end: (() => Promise<void>) | undefined;

beforeAll(async () => {
  end = await startFaultyServer();
});

afterAll(async () => {
  await end?.();
});

const three = slowStarts.flatMap((start) => [1, 2, 3].map((time) => ({ ...start, time })));

it.concurrent.each(three)("no alarm at $what ($time)", { timeout: 200_000 }, async (start) => {
  const { alarm, seconds } = await startSlowly(start);
  expect(alarm).toBeUndefined();
  console.log(`${start.what}: ready after ${seconds.toFixed(0)} s`);
});
