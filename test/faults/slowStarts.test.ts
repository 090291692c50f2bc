import { expect, test } from "vitest";
import { useFaultyServer } from "../failures/faultyServer.ts";
import { slowStarts, startSlowly } from "../failures/slowStarts.ts";
import { eachOf } from "./eachOf.ts";

const starts = 100;
const atOnce = 6;

useFaultyServer();

test("a hundred slow starts raise no alarm", async () => {
  const all = Array.from({ length: starts }, (_, index) => slowStarts[index % slowStarts.length]);
  const alarms: string[] = [];
  await eachOf(all, atOnce, async (start) => {
    if (start === undefined) return;
    const { alarm, seconds } = await startSlowly(start);
    console.log(`${start.what}: ${alarm ?? `ready after ${seconds.toFixed(0)} s`}`);
    if (alarm !== undefined) alarms.push(`${start.what}: ${alarm}`);
  });
  expect(alarms).toEqual([]);
}, 3_600_000);
