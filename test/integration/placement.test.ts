import { afterEach, describe, expect, test } from "vitest";
import { kubectl, pulumi, remains, stacks, uniqueName } from "./shell.ts";
import { startSimulatedNode } from "./simulatedNode.ts";

const selector = ["--config", 'nodeSelector={"pool":"previews"}'];
const services = ["catalogue", "catalogue-db", "deals"];
let endNode: (() => Promise<void>) | undefined;

afterEach(async () => {
  try {
    for (const stack of await stacks()) {
      const removal = await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack]);
      expect(removal.exitCode, removal.output).toBe(0);
    }
  } finally {
    await endNode?.();
    endNode = undefined;
  }
  expect(await remains()).toEqual([]);
});

async function up(stack: string) {
  await pulumi(["stack", "select", "--create", stack]);
  return pulumi(["up", "--yes", "--skip-preview", "--stack", stack, ...selector]);
}

/** A line for each pod of a stack's environment, sorted. */
async function pods(stack: string, columns: string): Promise<string[]> {
  const template = `jsonpath={range .items[*]}${columns}{"\\n"}{end}`;
  return (await kubectl("get", "pods", "-n", `env-${stack}`, "-o", template)).trim().split("\n").sort();
}

describe("with a node selector", () => {
  test("all pods of an environment run on the node that has the labels", async () => {
    const stack = uniqueName("placed");
    const node = uniqueName("simulated");
    endNode = await startSimulatedNode(node, { pool: "previews" });
    const { exitCode, output } = await up(stack);
    expect(exitCode, output).toBe(0);
    const columns = "{.metadata.labels.app\\.kubernetes\\.io/name} {.spec.nodeName}";
    expect(await pods(stack, columns)).toEqual([...services, "test-runner"].map((name) => `${name} ${node}`));
  });
});
