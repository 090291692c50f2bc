// The pipelines of ci/ as a stranger copies them: into a repository that has the package installed.
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { shell, uniqueName, type Ended } from "../integration/shell.ts";
import { expectCommit, githubEnvironmentUrl, gitlabLink, opener } from "../pipelines/links.ts";
import { expectNothingLeft, jobs, succeeded, usePipelines } from "../pipelines/pipelines.ts";
import { github, gitlab, projectVariables } from "../pipelines/runners.ts";
import { commitAll, foreignBases, foreignRepository } from "./foreignRepository.ts";
import { checkOut, type Checkout } from "./pipelineCheckout.ts";

const { used } = usePipelines();
const key = "correct-horse-battery-staple";
let repository = "";
let variables: Record<string, string> = {};
let machine: Record<string, string> = {};
const checkouts: Checkout[] = [];

beforeAll(async () => {
  repository = join(used.folder, "orders");
  const project = uniqueName("orders");
  const [bases, cache] = await Promise.all([
    foreignBases(),
    execa("npm", ["config", "get", "cache"]),
    foreignRepository(repository, "main", project),
  ]);
  machine = { ...bases, npm_config_cache: cache.stdout, npm_config_prefer_offline: "true" };
  variables = { ...(await projectVariables()), PARTNER_API_KEY: key };
  await copyPipelines();
  await commitAll(repository);
}, 900_000);

afterAll(async () => {
  const env = { ...shell, ...machine, DYNENV_PROJECT: "shop/deals" };
  const command = join(repository, "environment", "node_modules", ".bin", "dynenv");
  for (const { branch, commit } of checkouts)
    await execa(command, ["down", "--ref", branch, "--commit", commit], { cwd: repository, env });
}, 120_000);

/** As docs/pipelines.md says: the files as they are, and in GitHub's a line for each secret. */
async function copyPipelines(): Promise<void> {
  const folder = join(repository, "ci");
  await cp(join(projectRoot, "ci"), folder, { recursive: true });
  const workflow = join(folder, "github-actions.yml");
  const text = await readFile(workflow, "utf8");
  expect(text).toContain("  # PARTNER_API_KEY: ");
  await writeFile(workflow, text.replace("# PARTNER_API_KEY: ", "PARTNER_API_KEY: "));
}

async function branch(name: string): Promise<Checkout & { machine: Record<string, string> }> {
  const unique = uniqueName(name);
  const checkout = await checkOut(join(used.folder, unique), unique, {}, repository);
  checkouts.push(checkout);
  return { ...checkout, machine };
}

/** Whether all images were built and handed on, and so was the secret, and the application's tests ran. */
function expectAll(run: Ended): void {
  // Pulumi colours what it prints in GitHub's jobs.
  const output = stripVTControlCharacters(run.output);
  expect(run.exitCode, output).toBe(0);
  expect(succeeded(run), output).toEqual(jobs);
  // Built by one job, deployed by the next.
  for (const name of ["api", "web", "worker"]) {
    const told = new RegExp(String.raw`\b${name} *: "(\S+@sha256:[0-9a-f]{64})"`, "g");
    const [built, ...deployed] = [...output.matchAll(told)].map(([, reference]) => reference);
    expect(deployed, output).toEqual([built]);
  }
  expect(output).not.toContain("-dirty-");
  expect(output).toMatch(/Ran 4 tests in .*s/);
  expect(output).not.toContain(key);
}

describe("in a stranger's repository", () => {
  test("GitLab's pipeline builds, deploys, tests and removes", async () => {
    const checkout = await branch("gitlab-orders");
    const child = ["--variable", "CI_PIPELINE_SOURCE=parent_pipeline"];
    const link = opener(gitlabLink);
    expectAll(await gitlab({ ...checkout, watch: link.watch }, variables, child));
    expectCommit(await link.opened(), checkout);
    await expectNothingLeft(checkout);
  }, 540_000);

  test("GitHub's workflow does the same", async () => {
    const checkout = await branch("github-orders");
    const link = opener(await githubEnvironmentUrl());
    const event = { action: "synchronize" };
    expectAll(await github(used.act, { ...checkout, watch: link.watch }, variables, event));
    expectCommit(await link.opened(), checkout);
    await expectNothingLeft(checkout);
  }, 540_000);
});
