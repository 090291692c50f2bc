import { expect, test } from "vitest";
import { lastLine } from "../../foundation/work.ts";
import { expectNothing } from "../faults/invariants.ts";
import { kubectl, kubectlApply } from "../integration/shell.ts";
import { simulatedEnvironments } from "../operations/simulatedEnvironments.ts";

const { down, made } = simulatedEnvironments("left");

test("an API service that does not answer is named as what keeps a namespace", async () => {
  const stack = await made();
  const group = "broken.example.com";
  const service = { name: "nobody", namespace: "default" };
  const spec = {
    group,
    version: "v1",
    service,
    groupPriorityMinimum: 1,
    versionPriority: 1,
    insecureSkipTLSVerify: true,
  };
  await kubectlApply({
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: `v1.${group}` },
    spec,
  });
  try {
    const kept = await down(stack);
    expect(kept.exitCode, kept.output).toBe(1);
    expect(lastLine(kept.output)).toMatch(/ cannot be removed: .*broken\.example\.com\/v1/);
  } finally {
    await kubectl("delete", "apiservice", `v1.${group}`);
  }
  const { exitCode, output } = await down(stack);
  expect(exitCode, output).toBe(0);
  await expectNothing(stack);
});
