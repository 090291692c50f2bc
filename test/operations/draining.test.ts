// Requests that are under way while the pods that answer them are replaced.
import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dynenv, kubectl, uniqueName } from "../integration/shell.ts";
import { gateway, page } from "../integration/testGateway.ts";

const stack = uniqueName("drained");
const namespace = `env-${stack}`;
const host = `${namespace}.${gateway.domain}`;
/** Requests that are under way at once, each asked again a moment after its answer. */
const people = 4;
const pauseMs = 10;

beforeAll(async () => {
  const up = await dynenv(["up", "--stack", stack]);
  expect(up.exitCode, up.output).toBe(0);
}, 180_000);

afterAll(async () => {
  await dynenv(["down", "--stack", stack]);
});

async function podsOfDeals(): Promise<string[]> {
  const selector = "app.kubernetes.io/name=deals";
  const names = await kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "name");
  return names.trim().split("\n");
}

/** Changes the pods, and waits until those before are gone. */
async function replaced(change: () => Promise<unknown>): Promise<void> {
  const before = await podsOfDeals();
  await change();
  await kubectl("wait", "-n", namespace, "--for=delete", ...before, "--timeout=60s");
  expect(await podsOfDeals()).not.toEqual(before);
}

/** Asks until the work has ended and at least so many requests were answered or not. @returns what those say that failed. */
async function asking(atLeast: number, work: Promise<unknown>) {
  const agent = new Agent({ keepAlive: true, maxSockets: people });
  const failed: string[] = [];
  let asked = 0;
  let isOver = false;
  const person = async () => {
    while (!isOver || asked < atLeast) {
      asked += 1;
      const answer = await page(host, "/version", undefined, { agent }).catch(String);
      if (typeof answer === "string") failed.push(answer);
      else if (answer.status !== 200) failed.push(`${String(answer.status)} ${answer.body}`);
      await pause(pauseMs);
    }
  };
  const all = Array.from({ length: people }, person);
  try {
    await work;
  } finally {
    isOver = true;
    await Promise.all(all);
    agent.destroy();
  }
  return { asked, failed };
}

/** Replaces all pods by a change of where they run, which is the one node. */
function updated(): Promise<void> {
  return replaced(async () => {
    const settings = ["--config", 'nodeSelector={"kubernetes.io/os": "linux"}'];
    const { exitCode, output } = await dynenv(["up", "--stack", stack, ...settings]);
    expect(exitCode, output).toBe(0);
  });
}

test("an update drops none of 2,000 requests", async () => {
  const { asked, failed } = await asking(2000, updated());
  expect(asked).toBeGreaterThanOrEqual(2000);
  expect(failed).toEqual([]);
}, 300_000);

test("pods that end at once drop some: what the test above would see", async () => {
  const pod = "/spec/template/spec";
  const patch = [
    { op: "remove", path: `${pod}/containers/0/lifecycle` },
    { op: "replace", path: `${pod}/terminationGracePeriodSeconds`, value: 1 },
  ];
  const deals = ["deployment/deals", "-n", namespace];
  const rolledOut = () => kubectl("rollout", "status", ...deals, "--timeout=60s");
  await replaced(async () => {
    await kubectl("patch", ...deals, "--type=json", "--patch", JSON.stringify(patch));
    await rolledOut();
  });
  let failures: string[] = [];
  for (let round = 0; round < 3 && failures.length === 0; round++) {
    const restart = replaced(async () => {
      await kubectl("rollout", "restart", ...deals);
      await rolledOut();
    });
    failures = (await asking(500, restart)).failed;
  }
  expect(failures.length).toBeGreaterThan(0);
}, 180_000);
