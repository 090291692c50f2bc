import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { list } from "tar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interruptibleWork } from "../../cli/process/interrupt.ts";
import { act, actionlint, concourseValidate } from "../../local/goTools.ts";
import { ensurePackages } from "../../local/packages.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { builtTool } from "../../local/toolBuild.ts";
import { checkOut, leftIn, type Change, type Checkout } from "./pipelineCheckout.ts";
import { artifactsFolder, github, gitlab, projectVariables } from "./pipelineRunners.ts";
import { kubectl, pulumi, remains, shell, stacks, uniqueName, type Ended } from "../integration/shell.ts";

const tested = "the version under test is the one that was built";
const jobs = ["build", "deploy", "test", "cleanup"];
const tools = { act: "", actionlint: "", concourse: "" };
let variables: Record<string, string> = {};
let folder = "";

beforeAll(async () => {
  const work = interruptibleWork((line) => process.stderr.write(`${line}\n`));
  process.stderr.write(
    "No Concourse worker runs here: its pipeline is validated, but its tasks are run by nothing.\n",
  );
  await ensurePackages(work, { rsync: ["/usr/bin/rsync"] });
  tools.act = await builtTool(act, work);
  tools.actionlint = join(await builtTool(actionlint, work), "actionlint");
  tools.concourse = join(await builtTool(concourseValidate, work), "concourse-validate");
  folder = await mkdtemp(join(tmpdir(), "pipelines-"));
  variables = await projectVariables();
}, 900_000);

afterAll(async () => {
  for (const left of await stacks())
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", left]);
  await rm(folder, { recursive: true, force: true });
});

/** A checkout of its own for each run. */
async function branch(name: string, change?: Change): Promise<Checkout> {
  const unique = uniqueName(name);
  return checkOut(join(folder, unique), unique, change);
}

/** A test of the application that fails, for a commit that nobody should merge. */
const failingTest = {
  "example/test/failing.test.ts": `import { test } from "node:test";\nvoid test("fails", () => { throw new Error("on purpose"); });\n`,
};

/** An application that does not start, and little time to find out. */
async function brokenApplication(): Promise<Change> {
  const settings = await readFile(join(projectRoot, "Pulumi.yaml"), "utf8");
  return {
    "example/src/server.ts": `throw new Error("no deals today");\n`,
    "Pulumi.yaml": settings.replace("default: 140", "default: 20"),
  };
}

/** What the last lines of a deploy that fails say, and what its dossier has. */
async function expectExplained({ exitCode, output }: Ended, dossier: string): Promise<void> {
  expect(exitCode, output).not.toBe(0);
  expect(output).toMatch(
    /dynenv: deals keeps crashing \(exit code 1: Error: no deals today\); read its last lines above/,
  );
  const entries: string[] = [];
  await list({ file: dossier, onReadEntry: ({ path }) => entries.push(path) });
  expect(entries).toEqual(expect.arrayContaining(["summary.md", "events.txt", "objects/pods.json"]));
}

/** Jobs that ended well, as the runner says: one that was skipped does not count. */
function succeeded({ output }: Ended): string[] {
  return jobs.filter((job) =>
    new RegExp(String.raw`^ PASS +${job}\b|^\[environment/${job} *\] 🏁  Job succeeded`, "m").test(output),
  );
}

async function expectNothingLeft(checkout: Checkout): Promise<void> {
  expect(await remains()).toEqual([]);
  expect(await leftIn(checkout)).toBe("");
  const backend = (shell.PULUMI_BACKEND_URL ?? "").replace("file://", "");
  const entries = await readdir(backend, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.filter((name) => name.includes(checkout.branch))).toEqual([]);
}

describe("GitLab's pipeline", () => {
  const child = ["--variable", "CI_PIPELINE_SOURCE=parent_pipeline"];
  let built = { image: "", commit: "" };

  test("runs from checkout to cleanup", async () => {
    const checkout = await branch("gitlab");
    const run = await gitlab(checkout, variables, child);
    expect(run.exitCode, run.output).toBe(0);
    expect(succeeded(run), run.output).toEqual(jobs);
    expect(run.output).toContain(tested);
    built = { image: /[\w.:/-]+@sha256:[0-9a-f]{64}/.exec(run.output)?.[0] ?? "", commit: checkout.commit };
    await expectNothingLeft(checkout);
  }, 240_000);

  test("cleans up after tests that fail, and fails", async () => {
    const checkout = await branch("gitlab-fails", failingTest);
    const run = await gitlab(checkout, variables, child);
    expect(run.exitCode, run.output).not.toBe(0);
    expect(succeeded(run), run.output).toEqual(["build", "deploy", "cleanup"]);
    expect(run.output).toContain("the tests failed: Job test-");
    await expectNothingLeft(checkout);
  }, 240_000);

  test("says why its deploy failed, keeps the dossier, and cleans up", async () => {
    const checkout = await branch("gitlab-broken", await brokenApplication());
    const run = await gitlab(checkout, variables, child);
    expect(succeeded(run), run.output).toEqual(["build"]);
    const artifacts = join(checkout.folder, "..", "state", "artifacts");
    await expectExplained(run, join(artifacts, "deploy", "dossier.tar.gz"));
    // gitlab-ci-local starts nothing after a job that was skipped, as the tests were.
    const cleanup = await gitlab(checkout, variables, [...child, "cleanup"]);
    expect(succeeded(cleanup), cleanup.output).toEqual(["cleanup"]);
    await expectNothingLeft(checkout);
  }, 240_000);

  test("deploys a fork's image without a build, and stops it when the branch is gone", async () => {
    const checkout = await branch("gitlab-fork");
    const { CI_REGISTRY = "", DYNENV_PUBLIC_REGISTRY = "" } = shell;
    const fork = {
      ...variables,
      DYNENV_IMAGE: built.image.replace(CI_REGISTRY, DYNENV_PUBLIC_REGISTRY),
      ...{ DYNENV_REF: `somebody/deals:${checkout.branch}`, DYNENV_COMMIT: built.commit },
      ...{ DYNENV_IMAGE_PREFIX: DYNENV_PUBLIC_REGISTRY },
    };
    const run = await gitlab(checkout, fork, [...child, "--needs", "test"]);
    expect(run.exitCode, run.output).toBe(0);
    expect(succeeded(run), run.output).toEqual(["deploy", "test"]);
    const [stack = ""] = await stacks();
    const annotations = "jsonpath={.metadata.annotations}";
    expect(await kubectl("get", "namespace", `env-${stack}`, "-o", annotations)).toContain(
      '"dynenv/ttl":"4h"',
    );
    // What is checked out there knows nothing of the branch; the pipeline's variables do.
    const elsewhere = { ...(await branch("elsewhere")), branch: checkout.branch, commit: checkout.commit };
    const stop = await gitlab(elsewhere, fork, [...child, "stop"]);
    expect(stop.exitCode, stop.output).toBe(0);
    expect(stop.output).toMatch(/^ PASS +stop\b/m);
    await expectNothingLeft(checkout);
  }, 240_000);

  test.each([
    ["a merge request", {}, ["run"]],
    ["a fork", { CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "somebody/deals" }, ["fork"]],
  ])("starts for %s what it should", async (_name, more, expected) => {
    const checkout = await branch("gitlab-lists");
    const request = { CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "shop/deals", ...more };
    const given = { CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_PROJECT_PATH: "shop/deals" };
    const list = await gitlab(checkout, { ...variables, ...given, ...request }, ["--list-json"]);
    const json = list.stdout.slice(list.stdout.search(/^\[$/m));
    const all = JSON.parse(json) as { name: string; when: string }[];
    expect(all.filter(({ when }) => when !== "never").map(({ name }) => name)).toEqual(expected);
  });
});

describe("GitHub's workflow", () => {
  test("runs from checkout to cleanup", async () => {
    const checkout = await branch("github");
    const run = await github(tools.act, checkout, variables, { action: "synchronize" });
    expect(run.exitCode, run.output).toBe(0);
    expect(succeeded(run), run.output).toEqual(jobs);
    expect(run.output).toContain(tested);
    await expectNothingLeft(checkout);
  }, 240_000);

  test("says why its deploy failed, keeps the dossier, and cleans up", async () => {
    const checkout = await branch("github-broken", await brokenApplication());
    const run = await github(tools.act, checkout, variables, { action: "synchronize" });
    expect(succeeded(run), run.output).toEqual(["build", "cleanup"]);
    await expectExplained(run, join(checkout.folder, "..", artifactsFolder, "dossier.tar.gz"));
    await expectNothingLeft(checkout);
  }, 240_000);

  test("cleans up when its deploy is cancelled, and again from the default branch when the branch is gone", async () => {
    const checkout = await branch("github-cancelled");
    const deploying = "Job preview-readiness";
    const run = await github(tools.act, checkout, variables, { action: "opened" }, deploying);
    expect(run.exitCode, run.output).not.toBe(0);
    expect(succeeded(run), run.output).toEqual(["build", "cleanup"]);
    await expectNothingLeft(checkout);
    const closed = await github(tools.act, checkout, variables, { action: "closed" });
    expect(closed.exitCode, closed.output).toBe(0);
    expect(succeeded(closed), closed.output).toEqual(["cleanup"]);
  }, 240_000);

  test("starts nothing for a fork, and says so", async () => {
    const checkout = await branch("github-fork");
    const event = { action: "opened", headRepository: "somebody/deals" };
    const run = await github(tools.act, checkout, {}, event);
    expect(run.exitCode, run.output).toBe(0);
    expect(run.output).toContain("No environment for a fork by itself");
    expect(succeeded(run), run.output).toEqual([]);
  });

  test("is right for actionlint", async () => {
    await check([tools.actionlint, "-no-color", "-shellcheck=", "-pyflakes="], "github-actions.yml");
  });
});

test("Concourse's pipeline is right for Concourse's own validation", async () => {
  await check([tools.concourse], "concourse.yml");
});

/** Lets a checker look at a file of ci/, and at one with a key that there is not, which it must refuse. */
async function check([command = "", ...args]: string[], name: string): Promise<void> {
  const file = join(projectRoot, "ci", name);
  const wrong = join(folder, name);
  await writeFile(wrong, (await readFile(file, "utf8")).replace("jobs:", "unknown: {}\njobs:"));
  const [right, refused] = await Promise.all(
    [file, wrong].map((path) => execa(command, [...args, path], { all: true, reject: false })),
  );
  expect(right?.exitCode, right?.all).toBe(0);
  expect(refused?.exitCode).toBe(1);
  expect(refused?.all).toContain("unknown");
}
