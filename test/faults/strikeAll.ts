import { expect } from "vitest";
import { eachOf } from "./eachOf.ts";
import { described, type Fault } from "./fault.ts";
import { strike, summary, type Outcome } from "./strike.ts";

/** How many runs go on at a time. */
const atOnce = 3;

/** Tries faults, some at a time, and prints what was hit. @throws with all that went wrong. */
export async function strikeAll(all: Fault[], settings: string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const wrong: string[] = [];
  await eachOf(all, atOnce, async (fault, index) => {
    const what = `${String(index)} ${described(fault)}`;
    try {
      const outcome = await strike(fault, settings);
      outcomes.push(outcome);
      console.log(`${what}: ${outcome.wasHit ? outcome.hitAt : "ended before"}`);
    } catch (error) {
      wrong.push(`${what}: ${(error as Error).message.split("\n").slice(0, 40).join("\n")}`);
      console.log(wrong.at(-1));
    }
  });
  console.log(summary(outcomes));
  expect(wrong).toEqual([]);
  return outcomes;
}
