// A new user's embedded cluster that ends as it should not: nothing is left, or nothing that hinders the next start.
import { mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exists } from "../../foundation/files.ts";
import { clusterOf, newUser, oddFolder, tried, type Trial } from "./newUser.ts";
import { checkOut, leftIn, type Checkout } from "./pipelineCheckout.ts";

let folder: string;
let env: Record<string, string>;
let checkout: Checkout;

beforeAll(async () => {
  folder = await oddFolder();
  env = newUser(folder);
  checkout = await checkOut(join(folder, '"quoted"'), "feature/first");
});

afterAll(async () => {
  try {
    await dynenv("cluster", "down");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const dynenv = (...args: string[]): Promise<Trial> => tried("cli/dynenv", args, env, checkout.folder);

/** Starts a command as a terminal does: a process group that gets the terminal's signals as a whole. */
function started(file: string, ...args: string[]) {
  const options = { cwd: checkout.folder, env, extendEnv: false } as const;
  return execa(file, args, { ...options, all: true, reject: false, detached: true });
}

type Started = ReturnType<typeof started>;

/** Waits until a command says something. @throws when it ends before. */
async function until(child: Started, text: string): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.all.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    });
    void child.then(() => {
      reject(new Error(`it ended without "${text}":\n${output}`));
    });
  });
}

function signalGroup({ pid }: Started, name: NodeJS.Signals): void {
  // Of a process that could not be started there is no group.
  if (pid !== undefined) process.kill(-pid, name);
}

/** Ends all processes of the cluster at once, as a power cut does. Their files, links and mounts stay. */
async function cutPower(): Promise<void> {
  const { name } = await clusterOf(folder);
  const { stdout } = await execa("ip", ["netns", "pids", name]);
  await execa("kill", ["-9", ...stdout.split("\n")], { reject: false });
}

async function expectNothingLeft(): Promise<void> {
  const { name, run } = await clusterOf(folder);
  const places = [run, `/run/${name}`, `/run/netns/${name}`, `/sys/class/net/${name}`];
  const left = await Promise.all(places.map(async (place) => ((await exists(place)) ? [place] : [])));
  expect(left.flat()).toEqual([]);
  expect(await readFile("/proc/mounts", "utf8")).not.toContain(name);
  const doors = await execa("pgrep", ["-f", `socat -lp ${name}`], { reject: false });
  expect(doors.stdout).toBe("");
  expect(await leftIn(checkout)).toBe("");
}

test("a terminal that is closed while the cluster starts leaves nothing", async () => {
  const child = started("cli/dynenv", "run");
  await until(child, "starting the cluster");
  const { name } = await clusterOf(folder);
  await vi.waitUntil(() => exists(`/run/netns/${name}`), { timeout: 20_000 });
  child.stdout.destroy();
  child.stderr.destroy();
  signalGroup(child, "SIGHUP");
  expect((await child).exitCode).toBe(130);
  await expectNothingLeft();
}, 60_000);

test("a cluster that is cut off while it is made can be ended, and made", async () => {
  const child = started("cli/dynenv", "cluster", "up");
  await until(child, ": done in");
  signalGroup(child, "SIGKILL");
  await cutPower();
  await child;
  const down = await dynenv("cluster", "down");
  expect(down.exitCode, down.output).toBe(0);
  await expectNothingLeft();
  const up = await dynenv("cluster", "up");
  expect(up.exitCode, up.output).toBe(0);
}, 120_000);

test("a run starts the cluster that lost its processes and half of its files, and Ctrl-C then leaves nothing", async () => {
  const { run } = await clusterOf(folder);
  await cutPower();
  await truncate(join(run, "cluster.json"), 100);
  // The number of a process that had used it, and that another has now.
  await mkdir(join(run, "leases"), { recursive: true });
  await writeFile(join(run, "leases", String(process.pid)), "");
  const child = started("cli/dynenv", "run");
  await until(child, "Namespace preview-namespace created");
  signalGroup(child, "SIGINT");
  const { exitCode } = await child;
  expect(exitCode).toBe(130);
  await expectNothingLeft();
}, 120_000);
