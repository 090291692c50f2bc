// A standing environment whose `up` is killed: one more puts it right, in the namespace that is there.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { expectSameObjects } from "../faults/invariants.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { runAndStrike } from "../faults/victim.ts";
import { sampleOf, tellSeed } from "../integration/sampleSeed.ts";
import { adminKubeconfig, dynenv, kubectl, remains, uniqueName } from "../integration/shell.ts";

const stacks: string[] = [];
const asOwner = { KUBECONFIG: adminKubeconfig };
let settings: string[] = [];
let end = () => Promise.resolve();
let cluster = "";

/** Moments of a first `up`: an event of Pulumi's engine, and milliseconds after it. */
const moments: [event: string, delay: number][] = [
  ["create Namespace began", 0],
  ["create Namespace began", 20],
  ["create Namespace ended", 0],
  ["create NetworkPolicy began", 15],
  ["create Secret began", 10],
  ["create Secret ended", 0],
  ["create ServiceAccount began", 30],
  ["create Deployment began", 5],
  ["create Deployment began", 60],
  ["create Job began", 30],
  ["create Stash ended", 0],
];

function args(stack: string): string[] {
  const standing = [
    "kind=standing",
    `cluster=${cluster}`,
    "sharedWithPreviews=previews may read its secrets",
  ];
  return ["up", "--stack", stack, ...settings, "--config", ...standing];
}

beforeAll(async () => {
  tellSeed("test:operations");
  ({ settings, end } = await simulatedSettings());
  cluster = "elsewhere";
  const { output } = await dynenv(args(uniqueName("killed")), asOwner);
  cluster = /but the kubeconfig leads to (\S+):/.exec(output)?.[1] ?? "";
});

afterAll(async () => {
  for (const stack of stacks) {
    const { exitCode, output } = await dynenv(["down", "--stack", stack, "--yes-remove", stack], asOwner);
    expect(exitCode, output).toBe(0);
    await rm(join(projectRoot, `Pulumi.${stack}.yaml`), { force: true });
  }
  await end();
  expect(await remains()).toEqual([]);
}, 300_000);

describe.concurrent.each(sampleOf(moments, 3))("an up that is killed at %s, %i ms later", (event, delay) => {
  test("is ended by one more", async () => {
    const stack = uniqueName("killed");
    stacks.push(stack);
    const uid = () =>
      kubectl("get", "namespace", `env-${stack}`, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}");
    const command = [
      "env",
      `KUBECONFIG=${adminKubeconfig}`,
      join(projectRoot, "cli", "dynenv"),
      ...args(stack),
    ];
    const victim = await runAndStrike(command, { event, delay, stroke: "SIGKILL" });
    const left = await uid();
    const again = await dynenv(args(stack), asOwner);
    console.log(`${victim.wasHit ? "hit" : "not hit"}: ${event} + ${String(delay)} ms`);
    expect(again.exitCode, again.output).toBe(0);
    // One that was killed while it made the namespace may have left it: it is empty, and goes.
    if (left !== "" && !event.startsWith("create Namespace began")) expect(await uid()).toBe(left);
    await expectSameObjects(stack);
  }, 240_000);
});
