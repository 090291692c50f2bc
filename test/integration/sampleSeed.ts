import { checkedOut } from "../../foundation/checkout.ts";

/** Decides what is tried of the long suites; each commit tries something else. TEST_SEED repeats a run. */
export const sampleSeed = Number(process.env.TEST_SEED ?? parseInt(checkedOut().commit.slice(0, 7), 16));

/** Says what to repeat a run with, and where all of it is tried. */
export function tellSeed(suite: string): void {
  console.log(`seed ${String(sampleSeed)} (TEST_SEED); all of it: npm run ${suite}`);
}
