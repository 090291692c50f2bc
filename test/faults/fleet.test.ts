import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { namespaceName } from "../../components/model/rules/names.ts";
import type { Fact } from "../../cli/fleet/facts.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { bareRepository, commitTo } from "../operations/remote.ts";
import {
  backendFolder,
  kubectl,
  kubectlApply,
  ownName,
  pulumi,
  remains,
  shell,
} from "../integration/shell.ts";

const count = 1000;
const project = "shop/thousand";
const prefix = ownName("thousand-");
const stackOf = (index: number) => `${prefix}${String(index).padStart(4, "0")}`;
const stacks = Array.from({ length: count }, (_value, index) => stackOf(index));
const files = join(backendFolder, ".pulumi", "stacks", "dynenv");
let folder = "";
let remote = "";

/** What every tenth environment is like; the rest is live. */
const kinds: Record<number, Record<string, string>> = {
  1: { ref: "feature/gone" },
  2: { ref: "feature/gone" },
  3: { ref: "somebody/deals:main" },
  4: { pinned: "Ada" },
  5: { ttl: "soon" },
  6: { project: "shop/other" },
};

function namespace(stack: string, index: number) {
  const marks = {
    project,
    ref: `feature/${stack}`,
    commit: "9dff06f0123",
    stack,
    ttl: "24h",
    trust: "trusted",
  };
  const annotations = Object.entries({ ...marks, ...kinds[index % 10] }).map(([key, value]) => [
    `dynenv/${key}`,
    value,
  ]);
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespaceName(stack),
      labels: { "app.kubernetes.io/part-of": "dynenv", test: "thousand" },
      annotations: Object.fromEntries(annotations) as object,
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dynenv-thousand-"));
  remote = join(folder, "remote.git");
  await bareRepository(remote);
  await commitTo(remote, "main", ...stacks.map((stack) => `feature/${stack}`));
  const created = await kubectlApply(...stacks.map(namespace));
  expect(created.exitCode, created.output.slice(-500)).toBe(0);
  await pulumi(["stack", "init", stackOf(0)]);
  const state = await readFile(join(files, `${stackOf(0)}.json`), "utf8");
  // Starting Pulumi for each of them would take minutes.
  for (const stack of stacks.slice(1))
    await writeFile(join(files, `${stack}.json`), state.replaceAll(stackOf(0), stack));
}, 600_000);

afterAll(async () => {
  await kubectl("delete", "namespaces", "-l", "test=thousand", "--timeout=15m");
  await pulumi(["stack", "rm", "--yes", "--remove-backups", stackOf(0)]);
  for (const file of await readdir(files)) if (file.startsWith("thousand-")) await rm(join(files, file));
  await rm(folder, { recursive: true });
  expect(await remains()).toEqual([]);
}, 1_000_000);

it("the list of 1,000 environments takes less than 10 s and 300 MB", async () => {
  const args = ["--project", project, "--remote", remote, "--json"];
  const list = await measured("list", ...args);
  const facts = JSON.parse(list.stdout) as Fact[];
  const ours = facts.filter(({ stack }) => stack?.startsWith("thousand-"));
  const tenth = count / 10;
  expect(
    Object.fromEntries(
      Object.entries(Object.groupBy(ours, ({ verdict }) => verdict)).map(([verdict, all]) => [
        verdict,
        all.length,
      ]),
    ),
  ).toEqual({ live: 5 * tenth, orphaned: 2 * tenth, pinned: tenth, unclear: 2 * tenth });
  const reap = await measured("reap", ...args);
  const plan = JSON.parse(reap.stdout) as { chosen: Fact[]; later: Fact[] };
  expect([plan.chosen.length, plan.later.length]).toEqual([10, 2 * tenth - 10]);
  for (const [what, { seconds, megabytes }] of Object.entries({ list, "reap without --yes": reap })) {
    console.log(
      `${what} over ${String(count)} environments: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`,
    );
    expect(seconds).toBeLessThan(10);
    expect(megabytes).toBeLessThan(300);
  }
});

/** Runs dynenv, and adds up the memory of all processes that it starts. */
async function measured(...args: string[]): Promise<{ stdout: string; seconds: number; megabytes: number }> {
  const start = Date.now();
  const child = execa(join(projectRoot, "cli", "dynenv"), args, { env: shell });
  let most = 0;
  const ended = new AbortController();
  const sampling = (async () => {
    while (!ended.signal.aborted) {
      most = Math.max(most, await memoryOf(child.pid ?? 0));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const { stdout } = await child;
  const seconds = (Date.now() - start) / 1000;
  ended.abort();
  await sampling;
  return { stdout, seconds, megabytes: most / 1024 };
}

/** Kilobytes in memory of a process and of what it started. */
async function memoryOf(root: number): Promise<number> {
  const { stdout } = await execa("ps", ["-e", "-o", "pid=,ppid=,rss="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([root]);
  // A child may be listed before its parent.
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [pid = 0, parent = 0] of rows) if (family.has(parent)) family.add(pid);
  }
  return rows.reduce((sum, [pid = 0, , kilobytes = 0]) => (family.has(pid) ? sum + kilobytes : sum), 0);
}
