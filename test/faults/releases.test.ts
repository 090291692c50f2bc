// An environment that stays, under load and under kills, while one release takes the place of the other.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Manifest } from "../../rendering/manifest.ts";
import { contentInCluster } from "../integration/liveObjects.ts";
import { admin, kubectl, uniqueName } from "../integration/shell.ts";
import { gateway, page } from "../integration/testGateway.ts";
import { checkOut, type Checkout } from "../operations/pipelineCheckout.ts";

const seed = Number(process.env.TEST_SEED ?? "2026");
/** Moments at which a deployment is killed, of which each is tried once. */
const kills = 8;
const stack = uniqueName("steady");
const namespace = `env-${stack}`;
const host = `${namespace}.${gateway.domain}`;
let folder = "";
let checkout: Checkout;
const contents: Record<string, Record<string, Manifest>> = {};

const author = { GIT_AUTHOR_NAME: "Ada", GIT_COMMITTER_NAME: "Ada" };
const address = { GIT_AUTHOR_EMAIL: "ada@example.com", GIT_COMMITTER_EMAIL: "ada@example.com" };
const env = { ...admin, ...author, ...address };
const git = async (...args: string[]) => (await execa("git", args, { cwd: checkout.folder, env })).stdout;

function started(...args: string[]) {
  const options = { cwd: checkout.folder, env, all: true, reject: false, detached: true } as const;
  return execa("cli/dynenv", [...args, "--stack", stack], options);
}

async function done(...args: string[]): Promise<string> {
  const { exitCode, all } = await started(...args);
  expect(exitCode, all).toBe(0);
  return all;
}

async function released(version: string): Promise<void> {
  for (const words of [["up"], ["test"], ["release", version]]) await done(...words);
  contents[version] = await contentInCluster(kubectl, namespace);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steady-"));
  checkout = await checkOut(join(folder, "train"), "main-line");
  await git("remote", "set-url", "origin", checkout.origin);
  const file = join(checkout.folder, `Pulumi.${stack}.yaml`);
  const shared = "sharedWithPreviews: previews may read its secrets";
  const settings = (cluster: string) =>
    ["config:", "  dynenv:kind: standing", `  dynenv:cluster: ${cluster}`, `  dynenv:${shared}\n`].join("\n");
  await writeFile(file, settings("elsewhere"));
  const { all: refused } = await started("up");
  const [, context = ""] = /the kubeconfig leads to (\S+):/.exec(refused) ?? [];
  await writeFile(file, settings(context));
  await released("1.0.0");
  const path = join(checkout.folder, "example", "shop.ts");
  const text = await readFile(path, "utf8");
  const more = "stall: { build: context, ...deals, exposed: false }";
  await writeFile(
    path,
    text.replace("deals: { build: context, ...deals }", (own) => `${own}, ${more}`),
  );
  await git("commit", "--quiet", "--all", "--message", "Have a stall");
  await released("1.1.0");
}, 600_000);

afterAll(async () => {
  await done("down", "--yes-remove", stack);
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Asks 200 times a second, whether answers come or not, until the work has ended. @returns what went wrong. */
async function under200ASecond(work: Promise<unknown>): Promise<{ asked: number; failed: string[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const failed: string[] = [];
  const answers: Promise<unknown>[] = [];
  const ask = async () => {
    const answer = await page(host, "/version", undefined, { agent }).catch(String);
    if (typeof answer === "string") failed.push(answer);
    else if (answer.status !== 200) failed.push(`${String(answer.status)} ${answer.body}`);
  };
  const timer = setInterval(() => {
    for (let each = 0; each < 4; each++) answers.push(ask());
  }, 20);
  await work.finally(() => {
    clearInterval(timer);
  });
  await Promise.all(answers);
  agent.destroy();
  return { asked: answers.length, failed };
}

test("neither a rollback nor an update loses one of 200 requests a second", async () => {
  for (const work of [() => done("rollback", "--to", "1.0.0"), () => done("up", "--from-lock", "1.1.0")]) {
    const { asked, failed } = await under200ASecond(work());
    expect(asked).toBeGreaterThan(1000);
    expect(failed).toEqual([]);
  }
}, 300_000);

/** What stable says of the environment last. */
async function told(): Promise<string> {
  await git("fetch", "--quiet", "origin", "stable:refs/remotes/origin/stable");
  const format =
    "--format=%(trailers:key=Release,valueonly,separator=%x2C) %(trailers:key=Environment,valueonly,separator=%x2C)";
  const log = await git("log", format, "origin/stable");
  return log.split("\n").find((line) => line.endsWith(` ${stack}`)) ?? "";
}

test("a kill at any moment leaves a release, and stable says which after one more run", async () => {
  console.log(`seed ${String(seed)} (TEST_SEED)`);
  let before = "1.1.0";
  const whole = Date.now();
  await done("rollback", "--to", "1.0.0");
  const takes = Date.now() - whole;
  before = "1.0.0";
  for (let index = 0; index < kills; index++) {
    const target = before === "1.0.0" ? "1.1.0" : "1.0.0";
    // Spread over the whole run, a little beside each time by the seed.
    const moment = ((index + ((seed * (index + 7)) % 100) / 100) / kills) * takes;
    const run = started("up", "--from-lock", target);
    const isOver = run.then(() => true);
    if (!(await Promise.race([isOver, sleep(moment, false)]))) process.kill(-(run.pid ?? 0), "SIGKILL");
    await run;
    await done("up", "--from-lock", target);
    expect([index, await told()]).toEqual([index, `${target} ${stack}`]);
    const content = await contentInCluster(kubectl, namespace);
    expect(content, `kill ${String(index)} after ${String(Math.round(moment))} ms`).toEqual(contents[target]);
    before = target;
  }
}, 1_200_000);
