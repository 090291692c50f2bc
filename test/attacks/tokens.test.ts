import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusedByRoles } from "./rbacAttacks.ts";
import { refusedByAdmission, type Targets } from "./tokenAttacks.ts";
import { asAdmin, asCi, makeTargets, outcomeOf, whats, withoutAdmission } from "./tokens.ts";

let targets: Targets;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ targets, remove } = await makeTargets());
});

afterAll(async () => {
  await remove();
});

describe("with the token of the CI identity", () => {
  test("admission refuses what gets through without it", async () => {
    const attacks = refusedByAdmission(targets);
    expect(await outcomeOf(attacks, asCi)).toEqual({ denied: whats(attacks), forbidden: [], through: [] });
    const free = await withoutAdmission(targets, () => outcomeOf(attacks, asCi));
    expect(free).toEqual({ denied: [], forbidden: [], through: whats(attacks) });
    console.log(`${String(attacks.length)} attacks`);
  }, 300_000);

  test("the roles refuse what an administrator may", async () => {
    const attacks = refusedByRoles(targets);
    expect(await outcomeOf(attacks, asCi)).toEqual({ denied: [], forbidden: whats(attacks), through: [] });
    const free = await outcomeOf(attacks, asAdmin);
    expect(free).toEqual({ denied: [], forbidden: [], through: whats(attacks) });
  });
});
