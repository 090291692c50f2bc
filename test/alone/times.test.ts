import { expect, test } from "vitest";
import { kubeConfig } from "../../cli/access/clusterAccess.ts";
import { requirePermissions } from "../../cli/access/preflight.ts";
import { dynenv, shell, uniqueName } from "../integration/shell.ts";

/** The median of five, in milliseconds, as the machine is with nothing beside it. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[2] ?? Infinity;
}

test("the preflight takes half a second at most", async () => {
  const config = kubeConfig(shell);
  expect(await timeOf(() => requirePermissions(config, "env-a", "run"))).toBeLessThan(500);
});

test("dynenv down takes two seconds at most where nothing is", async () => {
  const time = await timeOf(async () => {
    const { exitCode, output } = await dynenv(["down", "--stack", uniqueName("none")]);
    expect(exitCode, output).toBe(0);
  });
  expect(time).toBeLessThan(2000);
});
