import { beforeAll, describe, expect, test } from "vitest";
import { lastLine } from "../../foundation/work.ts";
import { expectNothing } from "../faults/invariants.ts";
import { changes, damages } from "./damages.ts";
import {
  adminKubeconfig,
  dynenv,
  kubectl,
  kubectlApply,
  pulumi,
  tryKubectl,
  uniqueName,
} from "../integration/shell.ts";
import { sampleOf, tellSeed } from "../integration/sampleSeed.ts";
import { simulatedEnvironments, uidOf } from "./simulatedEnvironments.ts";

const { simulated, up, down, made, expectRemoved } = simulatedEnvironments("left");
const stackArgs = (stack: string) => ["--yes", "--stack", stack];

async function expectWhole(stack: string): Promise<void> {
  const plain = [
    "up",
    "--skip-preview",
    "--refresh",
    "--expect-no-changes",
    ...stackArgs(stack),
    ...simulated.settings,
  ];
  const again = await pulumi(plain);
  expect(again.exitCode, again.output).toBe(0);
}

beforeAll(() => {
  tellSeed("test:operations");
});

describe.concurrent.each(sampleOf(damages, 2))("an environment that %s", (_what, damage) => {
  test("is made anew by dynenv up, and removed by dynenv down", async () => {
    const stack = await made();
    await damage(stack);
    const again = await up(stack);
    expect(again.exitCode, again.output).toBe(0);
    await expectWhole(stack);
    await damage(stack);
    await expectRemoved(stack);
  }, 240_000);
});

describe.concurrent.each(sampleOf(changes, 2))("an environment with %s", (_what, change) => {
  test("stays, and is put right by dynenv up", async () => {
    const stack = await made();
    const uid = await uidOf(stack);
    await change(stack);
    const again = await up(stack);
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).toContain("was changed by somebody: it is put right");
    expect(await uidOf(stack), again.output).toBe(uid);
    await expectWhole(stack);
    const third = await up(stack);
    expect(third.output).not.toContain("was changed by somebody");
    await expectRemoved(stack);
  }, 240_000);
});

describe.concurrent("a readiness Job", () => {
  test("that failed asks again at the next pulumi up, though nothing else has changed", async () => {
    const stack = uniqueName("left");
    const [, image = "", , selector = ""] = simulated.settings;
    const node = /"pool":"([^"]+)"/.exec(selector)?.[1] ?? "";
    const label = uniqueName("later");
    const nowhere = [image, `nodeSelector={"later":"${label}"}`, "readyWithinSeconds=20"];
    const args = [
      "up",
      "--skip-preview",
      ...stackArgs(stack),
      ...nowhere.flatMap((one) => ["--config", one]),
    ];
    await pulumi(["stack", "select", "--create", stack]);
    const failed = await pulumi(args);
    expect(failed.exitCode, failed.output).not.toBe(0);
    await kubectl("label", "node", node, `later=${label}`);
    const available = ["--for=condition=Available", "deployment", "--all", "--timeout=60s"];
    await kubectl("wait", "-n", `env-${stack}`, ...available);
    const again = await pulumi(args);
    expect(again.exitCode, again.output).toBe(0);
    const third = await pulumi([...args, "--expect-no-changes"]);
    expect(third.exitCode, third.output).toBe(0);
    expect((await down(stack)).exitCode).toBe(0);
  });
});

describe.concurrent("dynenv down", () => {
  test("removes by the state what lost its marks by hand, as somebody whom the cluster lets", async () => {
    const stack = await made();
    await kubectl("label", "namespace", `env-${stack}`, "app.kubernetes.io/part-of-");
    const refused = await down(stack);
    expect(refused.exitCode, refused.output).not.toBe(0);
    expect(lastLine(refused.output)).toMatch(/the CI identity may write in namespaces of environments only/);
    const { exitCode, output } = await down(stack, { KUBECONFIG: adminKubeconfig });
    expect(exitCode, output).toBe(0);
    await expectNothing(stack);
  });

  test("says what keeps a namespace, and ends the removal once it is gone", async () => {
    const stack = await made();
    const namespace = `env-${stack}`;
    const metadata = { name: "kept", namespace, finalizers: ["example.com/forgotten"] };
    await kubectlApply({ apiVersion: "v1", kind: "ConfigMap", metadata });
    const kept = await down(stack);
    expect(kept.exitCode, kept.output).toBe(1);
    expect(lastLine(kept.output)).toMatch(
      new RegExp(
        `^dynenv: namespace ${namespace} cannot be removed: .*configmaps\\. has 1 resource.*example\\.com/forgotten.*dynenv down`,
      ),
    );
    const patch = '{"metadata":{"finalizers":null}}';
    await kubectl("patch", "configmap", "kept", "-n", namespace, "--type=merge", "-p", patch);
    const { exitCode, output } = await down(stack);
    expect(exitCode, output).toBe(0);
    await expectNothing(stack);
  });
});

describe.concurrent("an environment that shrinks", () => {
  test("is made anew where its quota has no room for new pods beside those that go", async () => {
    const stack = uniqueName("shrinks");
    const grown = await dynenv([
      "up",
      "--stack",
      stack,
      ...simulated.settings,
      "--config",
      "functions=order",
    ]);
    expect(grown.exitCode, grown.output).toBe(0);
    const { exitCode, output } = await dynenv([
      "up",
      "--stack",
      stack,
      ...simulated.settings,
      "--config",
      "functions=",
      "readyWithinSeconds=30",
    ]);
    expect(exitCode, output).toBe(0);
    expect(output).toContain(
      "the quota has no room for the new pods beside the old ones: the environment is removed first",
    );
    expect((await down(stack)).exitCode).toBe(0);
    await expectNothing(stack);
  }, 180_000);
});

describe.concurrent("a foreign namespace", () => {
  test.each([
    ["without our mark", {}, /is not ours, since it lacks the label/],
    ["of another stack", { "app.kubernetes.io/part-of": "dynenv" }, /belongs to the stack ""/],
  ])("%s stays as it is", async (_what, labels, sentence) => {
    const stack = uniqueName("foreign");
    const name = `env-${stack}`;
    await kubectlApply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    try {
      const version = () =>
        kubectl("get", "namespace", name, "-o", "jsonpath={.metadata.labels}{.metadata.uid}");
      const untouched = await version();
      for (const run of [up, down]) {
        const { exitCode, output } = await run(stack);
        expect(exitCode, output).toBe(1);
        expect(lastLine(output)).toMatch(sentence);
      }
      expect(await version()).toBe(untouched);
    } finally {
      await tryKubectl("delete", "namespace", name);
    }
  });
});

describe("an environment", () => {
  test("of another project is refused by its name, whatever is asked for", async () => {
    const stack = await made();
    const other = { DYNENV_PROJECT: "team/b" };
    const before = await uidOf(stack);
    for (const command of ["down", "up", "diagnose", "test"]) {
      const { exitCode, output } = await dynenv([command, "--stack", stack], other);
      expect(exitCode, output).toBe(1);
      expect(lastLine(output)).toMatch(
        /^dynenv: (namespace env-|stack )\S+ belongs to the project "dynenv", not to "team\/b", says the mark/,
      );
    }
    expect(await uidOf(stack)).toBe(before);
    expect((await down(stack)).exitCode).toBe(0);
  });

  test("that is pinned is removed once it is not any longer", async () => {
    const stack = await made();
    await kubectl("annotate", "namespace", `env-${stack}`, "dynenv/pinned=demo on Friday, Ada");
    const kept = await down(stack);
    expect(kept.exitCode, kept.output).toBe(1);
    expect(lastLine(kept.output)).toContain('dynenv/pinned is "demo on Friday, Ada": it stays');
    expect((await up(stack)).exitCode).toBe(0);
    await kubectl("annotate", "namespace", `env-${stack}`, "dynenv/pinned-");
    expect((await down(stack)).exitCode).toBe(0);
  });
});
