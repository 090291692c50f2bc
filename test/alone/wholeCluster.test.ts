import { expect, test } from "vitest";
import { lastLine } from "../../foundation/work.ts";
import { embeddedCluster, hasEnvironments } from "../../local/cluster.ts";
import { expectNothing } from "../faults/invariants.ts";
import { kubectl, kubectlApply } from "../integration/shell.ts";
import { simulatedEnvironments } from "../operations/simulatedEnvironments.ts";

const { down, made } = simulatedEnvironments("alone");

test("the embedded cluster has environments as long as a namespace says so, wherever their state is", async () => {
  const cluster = await embeddedCluster();
  if (cluster === undefined) throw new Error("the tests' cluster is down");
  const withoutStates = { ...cluster, backend: "/nowhere" };
  expect(await hasEnvironments(withoutStates)).toBe(false);
  const stack = await made();
  expect(await hasEnvironments(withoutStates)).toBe(true);
  expect((await down(stack)).exitCode).toBe(0);
  expect(await hasEnvironments(withoutStates)).toBe(false);
});

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
