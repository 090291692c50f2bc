import { afterAll, beforeAll, expect, test } from "vitest";
import { pulumi, stacks, uniqueName } from "../integration/shell.ts";
import {
  expectWrongUpdateRefused,
  pushBrokenCatalogue,
  upWithCatalogue,
} from "../integration/wrongUpdate.ts";

const stack = uniqueName("gate");
let broken = "";

beforeAll(async () => {
  broken = await pushBrokenCatalogue();
  await pulumi(["stack", "select", "--create", stack]);
});

afterAll(async () => {
  if ((await stacks()).includes(stack))
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack]);
});

test("an update passes its gate only on what its own pods say, and the way back is open", async () => {
  const first = await upWithCatalogue(stack);
  expect(first.exitCode, first.output).toBe(0);
  await expectWrongUpdateRefused(stack, broken, 20);
}, 180_000);
