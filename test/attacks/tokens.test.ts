import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusedByRoles } from "./rbacAttacks.ts";
import {
  changedLevel,
  namespaceOfLevel,
  refusedByAdmission,
  refusedToAnybody,
  type Targets,
} from "./tokenAttacks.ts";
import {
  asAdmin,
  asCi,
  expectRefusedByAdmissionAlone,
  makeTargets,
  outcomeOf,
  whats,
  withLowest,
  withoutAdmission,
} from "./tokens.ts";

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
    await expectRefusedByAdmissionAlone(attacks, targets);
    console.log(`${String(attacks.length)} attacks`);
  }, 300_000);

  test("admission refuses in an environment what its rights could be handed on for, whoever asks", async () => {
    const attacks = refusedToAnybody(targets);
    expect(await outcomeOf(attacks, asAdmin)).toEqual({ denied: whats(attacks), forbidden: [], through: [] });
    const free = await withoutAdmission(targets, () => outcomeOf(attacks, asAdmin));
    expect(free.denied).toEqual([]);
  }, 300_000);

  test("one line of admission lets a lower level in, and nothing below it", async () => {
    const attacks = ["baseline", "privileged"].map(namespaceOfLevel);
    const lowered = changedLevel(targets, "baseline");
    const outcome = await withLowest("baseline", targets, () => outcomeOf([...attacks, lowered], asCi));
    expect(outcome.through).toEqual(["a namespace that enforces baseline"]);
    expect(outcome.denied).toEqual(whats([namespaceOfLevel("privileged"), lowered]));
  }, 300_000);

  test("the roles refuse what an administrator may", async () => {
    const attacks = refusedByRoles(targets);
    expect(await outcomeOf(attacks, asCi)).toEqual({ denied: [], forbidden: whats(attacks), through: [] });
    const free = await withoutAdmission(targets, () => outcomeOf(attacks, asAdmin));
    expect(free).toEqual({ denied: [], forbidden: [], through: whats(attacks) });
  }, 300_000);
});
