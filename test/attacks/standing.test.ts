import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { namespaceLabels } from "../../components/model/objects/labels.ts";
import { standingAccount } from "../integration/standingAccount.ts";
import { create } from "../integration/pods.ts";
import { kubectl, kubectlWith, uniqueName, type Ended } from "../integration/shell.ts";
import { deployments, outOfReach, refusedInOwn } from "./standingAttacks.ts";
import type { Targets, TokenAttack } from "./tokenAttacks.ts";
import { asAdmin, makeTargets, outcomeOf, whats } from "./tokens.ts";

const stack = uniqueName("stands");
const own = `env-${stack}`;
let targets: Targets;
let removeTargets: () => Promise<void>;
let removeAccount: () => Promise<void>;
let user = "";

/** Sends a request as who deploys the environment. */
function asDeployer({ args, input = {} }: TokenAttack): Promise<Ended> {
  return kubectlWith(JSON.stringify(input), "--as", user, ...args);
}

beforeAll(async () => {
  ({ targets, remove: removeTargets } = await makeTargets());
  await create({
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name: own, labels: namespaceLabels(), annotations: { "dynenv/kind": "standing" } },
  });
  ({ user, remove: removeAccount } = await standingAccount(stack));
  // The API server learns of roles and policies a moment after they are made.
  await vi.waitFor(
    async () => {
      const through = deployments(own);
      expect((await outcomeOf(through, asDeployer)).through).toEqual(whats(through));
      const denied = refusedInOwn(own);
      expect((await outcomeOf(denied, asDeployer)).denied).toEqual(whats(denied));
    },
    { timeout: 60_000, interval: 1000 },
  );
}, 180_000);

afterAll(async () => {
  await removeAccount();
  await kubectl("delete", "namespace", own);
  await removeTargets();
});

test("who deploys a standing environment gets at nothing in a preview, nor in another standing one", async () => {
  const attacks = outOfReach([targets.environment, targets.standing, targets.foreign], own);
  expect(await outcomeOf(attacks, asDeployer)).toEqual({
    denied: [],
    forbidden: whats(attacks),
    through: [],
  });
  console.log(`${String(attacks.length)} attacks`);
  // An administrator may all of it: it fails for want of rights alone.
  expect((await outcomeOf(attacks, asAdmin)).forbidden).toEqual([]);
}, 300_000);

test("nor can he change what its namespace is, or hand his role on", async () => {
  const attacks = refusedInOwn(own);
  expect(await outcomeOf(attacks, asDeployer)).toEqual({
    denied: whats(attacks),
    forbidden: [],
    through: [],
  });
  expect((await outcomeOf(attacks, asAdmin)).denied).toEqual([]);
}, 120_000);
