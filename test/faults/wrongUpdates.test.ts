import { afterAll, expect, test } from "vitest";
import { pulumi, stacks, uniqueName } from "../integration/shell.ts";
import {
  expectWrongUpdateRefused,
  pushBrokenCatalogue,
  upWithCatalogue,
} from "../integration/wrongUpdate.ts";

const environments = 2;
const updatesOfEach = 10;

afterAll(async () => {
  for (const stack of await stacks()) {
    if (stack.startsWith("wrong-"))
      await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack]);
  }
});

test("twenty of twenty wrong updates are refused, and each way back is open", async () => {
  const broken = await pushBrokenCatalogue();
  const refused = async () => {
    const stack = uniqueName("wrong");
    await pulumi(["stack", "select", "--create", stack]);
    const first = await upWithCatalogue(stack);
    expect(first.exitCode, first.output).toBe(0);
    for (let update = 1; update <= updatesOfEach; update += 1) {
      await expectWrongUpdateRefused(stack, broken, 40);
      console.log(`${stack}: wrong update ${String(update)} of ${String(updatesOfEach)} was refused`);
    }
  };
  await Promise.all(Array.from({ length: environments }, refused));
}, 3_600_000);
