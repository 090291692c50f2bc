import { expect, it } from "vitest";
import { useFaultyServer } from "./faultyServer.ts";
import { slowStarts, startSlowly } from "./slowStarts.ts";

useFaultyServer();

const three = slowStarts.flatMap((start) => [1, 2, 3].map((time) => ({ ...start, time })));

it.concurrent.each(three)("no alarm at $what ($time)", { timeout: 200_000 }, async (start) => {
  const { alarm, seconds } = await startSlowly(start);
  expect(alarm).toBeUndefined();
  console.log(`${start.what}: ready after ${seconds.toFixed(0)} s`);
});
