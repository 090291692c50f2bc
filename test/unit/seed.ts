import fc from "fast-check";

// A failure prints its seed; set FC_SEED to it to repeat the run.
const { FC_SEED } = process.env;
fc.configureGlobal({ numRuns: 200, ...(FC_SEED !== undefined && { seed: Number(FC_SEED) }) });
