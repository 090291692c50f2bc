import { expect } from "vitest";
import { described, type Fault } from "./fault.ts";
import { strike, summary, type Outcome } from "./strike.ts";

/** How many runs go on at a time. */
const atOnce = 3;

/** Tries faults, some at a time, and prints what was hit. @throws with all that went wrong. */
export async function strikeAll(all: Fault[], settings: string[]): Promise<Outcome[]> {
  const waiting = [...all.entries()];
  const outcomes: Outcome[] = [];
  const wrong: string[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, fault] = next;
      try {
        const outcome = await strike(fault, settings);
        outcomes.push(outcome);
        console.log(
          `${String(index)} ${described(fault)}: ${outcome.wasHit ? outcome.hitAt : "ended before"}`,
        );
      } catch (error) {
        wrong.push(
          `${String(index)} ${described(fault)}: ${(error as Error).message.split("\n").slice(0, 40).join("\n")}`,
        );
        console.log(wrong.at(-1));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  console.log(summary(outcomes));
  expect(wrong).toEqual([]);
  return outcomes;
}
