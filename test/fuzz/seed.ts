import fc from "fast-check";

// A failure prints its seed; set FC_SEED to it to repeat the run. FUZZ_CASES is the number of all cases.
const { FC_SEED, FUZZ_CASES = "20000" } = process.env;
fc.configureGlobal({ ...(FC_SEED !== undefined && { seed: Number(FC_SEED) }) });

/** Each limit is for an idle machine's 20 s, times what a busy one takes. */
export const timeLimit = Math.max(300_000, Number(FUZZ_CASES) * 10);

/** A part of all cases. */
export function share(part: number) {
  return { numRuns: Math.ceil(Number(FUZZ_CASES) * part), endOnFailure: false };
}

/** Whether this is the long suite. */
export const isLong = Number(FUZZ_CASES) > 100_000;
