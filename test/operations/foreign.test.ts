// A stranger's application, in a repository of its own, with the package from a registry: nothing of this repository is on its path.
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { kubectl, shell, uniqueName, type Ended } from "../integration/shell.ts";
import { commitAll, foreignBases, foreignRepository } from "./foreignRepository.ts";
import { gateway, page } from "../integration/testGateway.ts";
import { npmRegistry } from "./npmRegistry.ts";

const project = uniqueName("orders");
const branch = uniqueName("feature");
const key = "correct-horse-battery-staple";
let folder = "";
let repository = "";
let env: Record<string, string> = {};

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "foreign-")));
  repository = join(folder, "orders");
  await using registry = await npmRegistry(join(folder, "registry"));
  const [bases] = await Promise.all([
    foreignBases(),
    foreignRepository(repository, branch, project, registry.url),
  ]);
  // Its own name, and no CI system's: what is checked out says branch and commit.
  env = { ...shell, ...bases, DYNENV_PROJECT: "", PARTNER_API_KEY: key };
  // One image that does not ask for the commit, beside the tests' and the worker's.
  const dockerfile = join(repository, "api", "Dockerfile");
  await writeFile(dockerfile, (await readFile(dockerfile, "utf8")).replace(/^(ARG|ENV) COMMIT.*\n/gm, ""));
  await commitAll(repository);
}, 300_000);

afterAll(async () => {
  await installed(["down"]);
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Runs the installed command line. */
function installed(args: string[], cwd = repository, more: Record<string, string> = {}): Promise<Ended> {
  const command = join(repository, "environment", "node_modules", ".bin", "dynenv");
  return ended(command, args, cwd, more);
}

async function ended(
  file: string,
  args: string[],
  cwd: string,
  more: Record<string, string> = {},
): Promise<Ended> {
  const options = { cwd, env: { ...env, ...more }, all: true, reject: false } as const;
  const { exitCode = -1, all, stdout } = await execa(file, args, options);
  return { exitCode, output: all, stdout };
}

const pulumi = (...args: string[]) =>
  ended("pulumi", [...args, "--non-interactive", "--color", "never"], join(repository, "environment"));

describe("a stranger's application", () => {
  test("has what an embedded cluster is made from, stand-ins of backing services included", async () => {
    const { exitCode, output } = await installed(["cluster", "images", "--help"]);
    expect(exitCode, output).toBe(0);
    expect(output.replace(/\s+/g, " ")).toContain(
      "stand-ins (postgres, mariadb, redis, rabbitmq, mailpit, s3)",
    );
  });

  test("is built, migrated, tested and removed by one command, from any of its folders", async () => {
    const { exitCode, output } = await installed(["run"], join(repository, "web"));
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/Ran 4 tests in .*s/);
    expect(output).not.toContain(key);
    expect(output).not.toContain(projectRoot);
  }, 300_000);

  test("needs no more than Pulumi, which changes nothing and builds nothing a second time", async () => {
    const variables = JSON.parse((await installed(["env", "--json"])).stdout) as Record<string, string>;
    env = { ...env, ...variables };
    const stack = uniqueName("plain");
    const select = await pulumi("stack", "select", "--create", stack);
    expect(select.exitCode, select.output).toBe(0);
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.output).toBe(0);
    const again = await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(again.exitCode, again.output).toBe(0);
    const outputs = JSON.parse((await pulumi("stack", "output", "--json")).stdout) as {
      images: Record<string, string>;
      services: Record<string, string>;
      url: string;
    };
    await expectPage(outputs.url);
    expect(Object.keys(outputs.services).sort()).toEqual(["api", "postgres", "redis", "web"]);
    expect(Object.keys(outputs.images).sort()).toEqual(["api", "postgres", "redis", "web", "worker"]);
    expect((await pulumi("stack", "export")).stdout).not.toContain(key);
    await expectOnlyWebBuilt(outputs.images);
    const named = ["--stack", stack];
    const nightly = await installed(["start", "nightly", ...named]);
    expect(nightly.exitCode, nightly.output).toBe(0);
    expect(nightly.output).toContain("days: 1");
    const logs = await installed(["logs", "worker", ...named]);
    expect(logs.output).toContain("worker is up, discount 20");
    const inside = await installed(["exec", "api", ...named, "--", "node", "--print", "1 + 1"]);
    expect(inside.stdout).toBe("2");
    const down = await installed(["down", ...named]);
    expect(down.exitCode, down.output).toBe(0);
  }, 400_000);
});

/** Asks from this machine for the page of orders, at the commit that is checked out. */
async function expectPage(url: string): Promise<void> {
  const { hostname } = new URL(url);
  expect(url).toBe(`http://${hostname}:${String(gateway.port)}`);
  expect(hostname).toMatch(new RegExp(`^env-plain-[0-9a-f]{8}\\.${gateway.domain}$`));
  const orders = await page(hostname, "/");
  expect(orders.status, orders.body).toBe(200);
  expect(orders.body).toContain("seeded socks");
  const { stdout: commit } = await execa("git", ["rev-parse", "HEAD"], { cwd: repository });
  expect(JSON.parse((await page(hostname, "/version")).body)).toEqual({ commit });
}

/** Deploys a commit that changes the application alone, to the stack that has these images. */
async function expectOnlyWebBuilt(before: Record<string, string>): Promise<void> {
  const server = join(repository, "web", "server.py");
  await writeFile(server, `${await readFile(server, "utf8")}# changed\n`);
  await commitAll(repository);
  const { stdout: commit } = await execa("git", ["rev-parse", "HEAD"], { cwd: repository });
  env = { ...env, DYNENV_COMMIT: commit };
  const { exitCode, output } = await pulumi("up", "--yes", "--skip-preview");
  expect(exitCode, output).toBe(0);
  await expectPage((await pulumi("stack", "output", "url")).stdout.trim());
  const built = [...output.matchAll(/docker:index:Image (\S+) (?:creat|updat|replac)/g)].map(
    ([, name]) => name,
  );
  expect([...new Set(built)], output).toEqual(["preview-image"]);
  const rolled = [...output.matchAll(/:Deployment (\S+) (?:creat|updat|replac)/g)].map(([, name]) => name);
  expect([...new Set(rolled)], output).toEqual(["preview-web"]);
  const { web, ...others } = JSON.parse((await pulumi("stack", "output", "images", "--json")).stdout) as {
    web: string;
  };
  expect(web).not.toBe(before.web);
  expect({ ...others, web: before.web }).toEqual(before);
}

describe("what a stranger gets wrong", () => {
  const refused = async (cwd: string, sentence: RegExp, more: Record<string, string> = {}) => {
    const { exitCode, output } = await installed(["up"], cwd, more);
    expect(output.trim().split("\n").at(-1)).toMatch(sentence);
    expect(exitCode, output).toBe(2);
  };

  test("is told in one sentence, and leaves nothing", async () => {
    await refused(
      repository,
      /^dynenv: secret PARTNER_API_KEY of service "web" is not set: run pulumi config set --secret PARTNER_API_KEY, or set the variable PARTNER_API_KEY$/,
      { PARTNER_API_KEY: "" },
    );
    const infrastructure = join(repository, "infra");
    await mkdir(infrastructure);
    await writeFile(join(infrastructure, "Pulumi.yaml"), "name: infra\nruntime: nodejs\n");
    await writeFile(join(infrastructure, "index.ts"), 'import * as aws from "@pulumi/aws";\n');
    await refused(
      infrastructure,
      /does not use dynamic-environments, so it may be somebody's infrastructure/,
    );
    await rm(infrastructure, { recursive: true });
    const empty = join(folder, "empty");
    await mkdir(empty);
    await refused(empty, /^dynenv: no Pulumi project is in \S+\/empty: call dynenv in a repository that has/);
  }, 60_000);

  test("is a tag that there is not, before anything is in the cluster", async () => {
    const program = join(repository, "environment", "index.ts");
    const right = await readFile(program, "utf8");
    const image = `${shell.DYNENV_PUBLIC_REGISTRY ?? ""}/orders/cache:99`;
    await writeFile(
      program,
      right.replace("  services: {", `  services: {\n    cache: { image: "${image}" },`),
    );
    await refused(
      repository,
      /^dynenv: image \S+\/orders\/cache:99 of service "cache" is not in \S+: give a tag that is there, or a digest$/,
    );
    expect(await kubectl("get", "namespaces", "-o", "json")).not.toContain(project);
    const down = await installed(["down"]);
    expect(down.exitCode, down.output).toBe(0);
    await writeFile(program, right);
  }, 120_000);
});
