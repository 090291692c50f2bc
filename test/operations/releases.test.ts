// Follows docs/releases.md on two embedded clusters of its own, with releases that differ in their graphs.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseLock } from "../../foundation/releaseLock.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { contentInCluster } from "../integration/liveObjects.ts";
import { documentedCommands } from "./documentedCommands.ts";
import { newUser, oddFolder, tried, type Trial } from "./newUser.ts";
import { checkOut, type Checkout } from "./pipelineCheckout.ts";

const blocks = await documentedCommands();
let folder = "";
let checkout: Checkout;
let env: Record<string, string> = {};

beforeAll(async () => {
  folder = await oddFolder();
  await mkdir(join(folder, "home"));
  const { HOME = "", XDG_CACHE_HOME = join(HOME, ".cache") } = process.env;
  const author = { GIT_AUTHOR_NAME: "Ada", GIT_COMMITTER_NAME: "Ada" };
  const address = { GIT_AUTHOR_EMAIL: "ada@example.com", GIT_COMMITTER_EMAIL: "ada@example.com" };
  const tools = { DYNENV_TOOLS: "modules", DYNENV_IMAGES: "stand-in", XDG_CACHE_HOME };
  env = { ...newUser(folder), ...tools, ...author, ...address, HOME: join(folder, "home") };
  checkout = await checkOut(join(folder, "train"), "main-line", await withService("outlet"));
  await git("remote", "set-url", "origin", checkout.origin);
}, 60_000);

afterAll(async () => {
  for (const cluster of ["staging", "production"]) await dynenv(cluster, "cluster", "down");
  await rm(folder, { recursive: true, force: true });
}, 120_000);

const git = async (...args: string[]) => (await execa("git", args, { cwd: checkout.folder, env })).stdout;

function dynenv(cluster: string, ...args: string[]): Promise<Trial> {
  const own = { DYNENV_CLUSTER: cluster, ...outside() };
  return tried("cli/dynenv", args, { ...env, ...own }, checkout.folder);
}

/** What the page's first block exports. */
function outside(): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(folder, "home", "releases")}`,
    PULUMI_CONFIG_PASSPHRASE: "a-passphrase-of-yours",
  };
}

const kubectl =
  (cluster: string) =>
  async (...args: string[]): Promise<string> => {
    const { output } = await dynenv(cluster, "env", "--json");
    const { KUBECONFIG = "", PATH = "" } = JSON.parse(output.slice(output.indexOf("{"))) as Record<
      string,
      string
    >;
    return (await execa("kubectl", args, { env: { KUBECONFIG, PATH }, cwd: checkout.folder })).stdout;
  };

/** The program with one service more, or with none. */
async function withService(name?: string): Promise<Record<string, string>> {
  const path = "example/shop.ts";
  const text = await readFile(join(import.meta.dirname, "..", "..", path), "utf8");
  const more =
    name === undefined
      ? ""
      : `, ${name}: { build: context, ...deals, exposed: false, commitPath: "/version" }`;
  return { [path]: text.replace("deals: { build: context, ...deals }", (own) => `${own}${more}`) };
}

async function commit(changes: Record<string, string>, message: string): Promise<void> {
  for (const [path, text] of Object.entries(changes)) await writeFile(join(checkout.folder, path), text);
  await git("commit", "--quiet", "--all", "--message", message);
}

/** Pastes a block of the page into a shell that goes on with what the blocks before it have set. */
async function follow(number: number): Promise<string> {
  const { script = "" } = blocks.find(({ name }) => name === `docs/releases.md#${String(number)}`) ?? {};
  expect(script).not.toBe("");
  const state = `${folder}/exported`;
  const whole = `[ ! -e "$STATE" ] || . "$STATE"\n${script}\nexport -p >"$STATE"`;
  const options = { cwd: checkout.folder, env: { ...env, STATE: state }, extendEnv: false } as const;
  const { exitCode, all } = await execa("bash", ["-euo", "pipefail", "-c", whole], {
    ...{ ...options, all: true, reject: false, input: "" },
  });
  expect(exitCode, `${script}\n${all}`).toBe(0);
  return all;
}

async function lockOf(version: string) {
  return parseLock(`${await git("show", `origin/stable:releases/${version}.lock.json`)}\n`, version);
}

const trailers = async () => {
  await git("fetch", "--quiet", "origin", "stable:refs/remotes/origin/stable");
  const log = await git("log", "--reverse", "--format=%s", "origin/stable");
  return log.split("\n");
};
const contents: Record<string, Record<string, Manifest>> = {};

test("two clusters get an environment each, and a release goes from the one to the other", async () => {
  await follow(1);
  await follow(2);
  expect(await follow(3)).toContain("release 1.0.0 of commit");
  expect(await follow(4)).toMatch(/1\.0\.0 +[0-9a-f]{12} +\S+ +production +yes/);
  expect(await trailers()).toEqual(["Release 1.0.0", "Deploy 1.0.0 to production"]);
  const { graph, images } = await lockOf("1.0.0");
  expect(Object.keys((graph as { services: object }).services)).toEqual(["deals", "outlet"]);
  for (const image of Object.values(images)) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  contents.first = await contentInCluster(kubectl("production"), "env-production");
}, 400_000);

test("an image that is gone, an edited lock and another cluster are refused before anything is done", async () => {
  const path = join(checkout.folder, "edited.lock.json");
  const text = await git("show", "origin/stable:releases/1.0.0.lock.json");
  await writeFile(path, text.replace('"replicas"', '"replica"').replace('"main-line"', '"other"'));
  const edited = await dynenv("production", "up", "--from-lock", path, "--stack", "production");
  expect([edited.exitCode, edited.sentence]).toEqual([
    2,
    expect.stringContaining("was changed since dynenv release"),
  ]);
  await rm(path);
  const elsewhere = await dynenv("staging", "up", "--from-lock", "1.0.0", "--stack", "production");
  expect([elsewhere.exitCode, elsewhere.sentence]).toEqual([2, expect.stringContaining("dynenv:cluster is")]);
  const unknown = await dynenv("production", "up", "--from-lock", "9.9.9", "--stack", "production");
  expect([unknown.exitCode, unknown.sentence]).toEqual([2, expect.stringContaining("which has 1.0.0")]);
  const again = await dynenv("staging", "release", "1.0.0", "--stack", "staging");
  expect(again.exitCode, again.output).toBe(0);
  expect(await trailers()).toHaveLength(2);
}, 60_000);

test("a release without one of its services follows, and the first comes back with it", async () => {
  await commit(await withService("stall"), "Have a stall in place of the outlet");
  expect(await follow(5)).toContain("branch stable says that production runs 1.0.0");
  expect(await follow(6)).toContain("production");
  expect(await readFile(join(checkout.folder, "diff.html"), "utf8")).toContain("stall");
  await rm(join(checkout.folder, "diff.html"));
  const names = await kubectl("production")("get", "deployments", "-n", "env-production", "-o", "name");
  expect(names).toContain("deployment.apps/outlet");
  expect(names).not.toContain("deployment.apps/stall");
  await commit(await withService(), "Have neither");
  const untested = await dynenv("staging", "up", "--stack", "staging");
  expect(untested.exitCode, untested.output).toBe(0);
  const early = await dynenv("staging", "release", "1.2.0", "--stack", "staging");
  expect([early.exitCode, early.sentence]).toEqual([1, expect.stringContaining("have not all passed since")]);
  for (const args of [["test"], ["release", "1.2.0"]]) {
    const done = await dynenv("staging", ...args, "--stack", "staging");
    expect(done.exitCode, done.output).toBe(0);
  }
  const third = await dynenv("production", "up", "--from-lock", "1.2.0", "--stack", "production");
  expect(third.exitCode, third.output).toBe(0);
  const back = await dynenv(
    "production",
    "up",
    "--from-lock",
    "1.0.0",
    "--stack",
    "production",
    "--config",
    'scale={"deals": {"replicas": 2}}',
  );
  expect(back.exitCode, back.output).toBe(0);
  expect(await contentInCluster(kubectl("production"), "env-production")).toEqual(contents.first);
}, 400_000);

test("kubectl alone makes the same of the rendered files, and removes it", async () => {
  const removed = await dynenv("production", "down", "--stack", "production", "--yes-remove", "production");
  expect(removed.exitCode, removed.output).toBe(0);
  await git("checkout", "--quiet", "--", ".");
  await follow(7);
  const rendered = join(checkout.folder, "rendered", "production");
  const texts = await Promise.all(
    (await readdir(rendered)).map((name) => readFile(join(rendered, name), "utf8")),
  );
  expect(texts.join("\n")).not.toMatch(/kind: Secret\b/);
  const { output } = await dynenv("production", "env", "--json");
  const shell = JSON.parse(output.slice(output.indexOf("{"))) as Record<string, string>;
  const { KUBECONFIG = "", PATH = "", CI_REGISTRY: server = "" } = shell;
  const auths = {
    auths: { [server]: { username: shell.DYNENV_PULL_USER, password: shell.DYNENV_PULL_PASSWORD } },
  };
  const variables = { KUBECONFIG, PATH, GITLAB_REGISTRY_DOCKER_CONFIG: JSON.stringify(auths) };
  const options = { env: variables, cwd: rendered };
  await execa("sh", ["secrets.sh"], options);
  await execa("kubectl", ["create", "-f", "[1-9]*.yaml"], options);
  const job = ["job/readiness", "-n", "env-production", "--timeout=120s"];
  await execa("kubectl", ["wait", "--for=condition=complete", ...job], options);
  await execa(
    "kubectl",
    ["create", "job", "by-hand", "--from=cronjob/test", "-n", "env-production"],
    options,
  );
  await execa("kubectl", ["wait", "--for=condition=complete", "job/by-hand", ...job.slice(1)], options);
  await execa("kubectl", ["delete", "job", "by-hand", "-n", "env-production"], options);
  contents.byHand = await contentInCluster(kubectl("production"), "env-production");
  await execa("kubectl", ["delete", "-f", "."], options);
  expect(await kubectl("production")("get", "namespaces", "-o", "name")).not.toContain("env-production");
}, 300_000);

test("the hash is that of the same release with the same settings, whoever made it", async () => {
  const up = await dynenv("production", "up", "--from-lock", "1.0.0", "--stack", "production");
  expect(up.exitCode, up.output).toBe(0);
  expect(await contentInCluster(kubectl("production"), "env-production")).toEqual(contents.byHand);
}, 120_000);
