import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { refusedByAdmission, type Targets } from "../attacks/tokenAttacks.ts";
import { expectRefusedByAdmissionAlone, makeTargets } from "../attacks/tokens.ts";

const seed = Number(process.env.ATTACK_SEED ?? "1");
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
  console.log(`seed ${String(seed)} (ATTACK_SEED); all of it: npm run test:attacks`);
  const all = refusedByAdmission(targets);
  const arbitrary = fc.shuffledSubarray(all, { minLength: count, maxLength: count });
  const [attacks = []] = fc.sample(arbitrary, { numRuns: 1, seed });
  await expectRefusedByAdmissionAlone(attacks, targets);
}, 180_000);
