import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { create, inNamespace, pod } from "../integration/pods.ts";
import { kubectl, tryKubectl, uniqueName } from "../integration/shell.ts";
import { image, makeNamespace, processOf } from "./sandbox.ts";

const namespace = uniqueName("processes");

beforeAll(async () => {
  await makeNamespace(namespace);
  // A shell as the first process takes the ends of orphans; else these count on.
  const command = ["sh", "-c", "while :; do sleep 1; done"];
  const made = pod("bomb", { image, command, pullSecret: "pull" });
  const [container] = made.spec.containers;
  const amounts = { cpu: "50m", memory: "1Gi" };
  Object.assign(container ?? {}, { resources: { requests: amounts, limits: { ...amounts, cpu: "2" } } });
  await create(inNamespace(namespace, made));
  await kubectl("wait", "-n", namespace, "pod/bomb", "--for=condition=Ready", "--timeout=90s");
});

afterAll(async () => {
  await kubectl("delete", "namespace", namespace);
});

/** Starts processes that stay, up to 1,200. @returns what the shell says when it can start no more. */
async function bomb(): Promise<string> {
  const program = "i=0; while [ $i -lt 1200 ]; do sleep 20 >/dev/null 2>&1 & i=$((i + 1)); done; echo all";
  const { output } = await tryKubectl("exec", "-n", namespace, "bomb", "--", "sh", "-c", program);
  return output;
}

test("a fork bomb ends at a limit, beyond which it gets without it", async () => {
  expect(await bomb()).toMatch(/cannot fork/i);
  const limit = await limitOf(await processOf(namespace, "bomb"));
  await expect.poll(bombsLeft, { timeout: 60_000, interval: 1000 }).toBeLessThan(10);
  await writeFile(limit, "max");
  expect(await bomb()).toMatch(/^all$/m);
}, 180_000);

/** The control group's file with the limit of processes, with version 1 or 2 of control groups. */
async function limitOf(pid: number): Promise<string> {
  const groups = (await readFile(`/proc/${String(pid)}/cgroup`, "utf8")).split("\n");
  const first = groups.find((line) => /^\d+:pids:/.test(line))?.split(":")[2];
  const second = groups.find((line) => line.startsWith("0::"))?.split(":")[2] ?? "";
  return first === undefined ? `/sys/fs/cgroup${second}/pids.max` : `/sys/fs/cgroup/pids${first}/pids.max`;
}

async function bombsLeft(): Promise<number> {
  const limit = await limitOf(await processOf(namespace, "bomb"));
  return Number(await readFile(limit.replace(/max$/, "current"), "utf8"));
}
