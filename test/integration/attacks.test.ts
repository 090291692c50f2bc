import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { refusedByAdmission, type Targets } from "../attacks/tokenAttacks.ts";
import { expectRefusedByAdmissionAlone, makeTargets } from "../attacks/tokens.ts";
import { sampleSeed, tellSeed } from "./sampleSeed.ts";

const count = 12;
let targets: Targets;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ targets, remove } = await makeTargets());
});

afterAll(async () => {
  await remove();
});

test("what the holder of a token tries is refused by admission, and gets through without it", async () => {
  tellSeed("test:attacks");
  const all = refusedByAdmission(targets);
  const arbitrary = fc.shuffledSubarray(all, { minLength: count, maxLength: count });
  const [attacks = []] = fc.sample(arbitrary, { numRuns: 1, seed: sampleSeed });
  await expectRefusedByAdmissionAlone(attacks, targets);
}, 180_000);
