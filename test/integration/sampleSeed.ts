import fc from "fast-check";
import { checkedOut } from "../../foundation/checkout.ts";

const { TEST_SEED, TEST_SAMPLE } = process.env;

/** Decides what is tried of the long suites; each commit tries something else. TEST_SEED repeats a run. */
export const sampleSeed = Number(TEST_SEED ?? parseInt(checkedOut().commit.slice(0, 7), 16));

/** As many of the cases, drawn by the seed; all of them where TEST_SAMPLE is `all`. */
export function sampleOf<T>(cases: T[], count: number): T[] {
  if (TEST_SAMPLE === "all") return cases;
  const drawn = fc.shuffledSubarray(cases, { minLength: count, maxLength: count });
  return fc.sample(drawn, { numRuns: 1, seed: sampleSeed }).flat();
}

/** Says what to repeat a run with, and where all of it is tried. */
export function tellSeed(suite: string): void {
  console.log(`seed ${String(sampleSeed)} (TEST_SEED); all of it: npm run ${suite}`);
}
