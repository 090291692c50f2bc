import { expect } from "vitest";
import { uniqueName } from "../integration/shell.ts";
import { chains } from "./chains.ts";
import { eachOf } from "./eachOf.ts";
import { described, type Fault } from "./fault.ts";
import { strikeChain, summary, type Outcome, type Struck } from "./strike.ts";

/** How many runs go on at a time. */
const atOnce = 3;

/** Tries faults, some at a time, and prints what was hit. @throws with all that went wrong. */
export async function strikeAll(all: Fault[], environment: Omit<Struck, "stack">): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const wrong: string[] = [];
  await eachOf(chains(all), atOnce, async (chain) => {
    const first = outcomes.length;
    const told: Outcome[] = [];
    try {
      await strikeChain(chain, { ...environment, stack: uniqueName("fault") }, (outcome) => {
        told.push(outcome);
        outcomes.push(outcome);
        const hit = outcome.wasHit ? outcome.hitAt : "ended before";
        console.log(`${String(outcomes.length)} ${described(outcome.fault)}: ${hit}`);
      });
    } catch (error) {
      const what = chain
        .slice(0, told.length + 1)
        .map(described)
        .join("; then ");
      wrong.push(
        `after ${String(first)}: ${what}: ${(error as Error).message.split("\n").slice(0, 40).join("\n")}`,
      );
      console.log(wrong.at(-1));
    }
  });
  console.log(summary(outcomes));
  expect(wrong).toEqual([]);
  expect(outcomes.length).toBe(all.length);
  return outcomes;
}
