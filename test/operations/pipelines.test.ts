import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { interruptibleWork } from "../../cli/process/interrupt.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { actionlint, concourseValidate } from "../../local/goTools.ts";
import { builtTool } from "../../local/toolBuild.ts";
import {
  expectCommit,
  githubEnvironmentUrl,
  gitlabEnvironmentUrl,
  gitlabLink,
  opener,
} from "../pipelines/links.ts";
import { expectNothingLeft, jobs, succeeded, tested, usePipelines } from "../pipelines/pipelines.ts";
import { github, gitlab } from "../pipelines/runners.ts";
import { ForgeStandIn } from "../unit/forgeStandIn.ts";

const { used, branch } = usePipelines();
const checkers = { actionlint: "", concourse: "" };

beforeAll(async () => {
  const work = interruptibleWork((line) => process.stderr.write(`${line}\n`));
  process.stderr.write(
    "No Concourse worker runs here: its pipeline is validated, but its tasks are run by nothing.\n",
  );
  checkers.actionlint = join(await builtTool(actionlint, work), "actionlint");
  checkers.concourse = join(await builtTool(concourseValidate, work), "concourse-validate");
}, 900_000);

describe("GitLab's pipeline", () => {
  const child = ["--variable", "CI_PIPELINE_SOURCE=parent_pipeline"];

  test("runs from checkout to cleanup", async () => {
    const checkout = await branch("gitlab");
    const link = opener(gitlabLink);
    const forge = await ForgeStandIn.start("GitLab");
    const variables = { ...used.variables, ...forge.ofRequest };
    const run = await gitlab({ ...checkout, watch: link.watch }, variables, child);
    forge.stop();
    expect(run.exitCode, run.output).toBe(0);
    expect(succeeded(run), run.output).toEqual(jobs);
    expect(run.output).toContain(tested);
    const opened = await link.opened();
    expectCommit(opened, checkout);
    expect(await gitlabEnvironmentUrl(checkout)).toBe(opened.url);
    expect(forge.headlines, run.output).toEqual(["is being built", "is ready", "was removed"]);
    await expectNothingLeft(checkout);
  }, 240_000);

  test.each([
    ["a merge request", {}, ["run"]],
    ["a fork", { CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "somebody/deals" }, ["fork"]],
  ])("starts for %s what it should", async (_name, more, expected) => {
    const checkout = await branch("gitlab-lists");
    const request = { CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "shop/deals", ...more };
    const given = { CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_PROJECT_PATH: "shop/deals" };
    const list = await gitlab(checkout, { ...used.variables, ...given, ...request }, ["--list-json"]);
    const json = list.stdout.slice(list.stdout.search(/^\[$/m));
    const all = JSON.parse(json) as { name: string; when: string }[];
    expect(all.filter(({ when }) => when !== "never").map(({ name }) => name)).toEqual(expected);
  });
});

describe("GitHub's workflow", () => {
  test("runs from checkout to cleanup", async () => {
    const checkout = await branch("github");
    const link = opener(await githubEnvironmentUrl());
    const event = { action: "synchronize" };
    const run = await github(used.act, { ...checkout, watch: link.watch }, used.variables, event);
    expect(run.exitCode, run.output).toBe(0);
    expect(succeeded(run), run.output).toEqual(jobs);
    expect(run.output).toContain(tested);
    const opened = await link.opened();
    expectCommit(opened, checkout);
    // Of the run's summary.
    expect(run.output).toMatch(new RegExp(`Summary - \`env-\\S+\` is ready: ${opened.url}$`, "m"));
    // act knows no API but GitHub's own.
    expect(run.output).toContain("nothing is reported: GITHUB_TOKEN is not set");
    await expectNothingLeft(checkout);
  }, 240_000);

  test("starts nothing for a fork, and says so", async () => {
    const checkout = await branch("github-fork");
    const event = { action: "opened", headRepository: "somebody/deals" };
    const run = await github(used.act, checkout, {}, event);
    expect(run.exitCode, run.output).toBe(0);
    expect(run.output).toContain("No environment for a fork by itself");
    expect(succeeded(run), run.output).toEqual([]);
  });

  test("is right for actionlint", async () => {
    await check([checkers.actionlint, "-no-color", "-shellcheck=", "-pyflakes="], "github-actions.yml");
  });
});

test("Concourse's pipeline is right for Concourse's own validation", async () => {
  await check([checkers.concourse], "concourse.yml");
});

/** Lets a checker look at a file of ci/, and at one with a key that there is not, which it must refuse. */
async function check([command = "", ...args]: string[], name: string): Promise<void> {
  const file = join(projectRoot, "ci", name);
  const wrong = join(used.folder, name);
  await writeFile(wrong, (await readFile(file, "utf8")).replace("jobs:", "unknown: {}\njobs:"));
  const [right, refused] = await Promise.all(
    [file, wrong].map((path) => execa(command, [...args, path], { all: true, reject: false })),
  );
  expect(right?.exitCode, right?.all).toBe(0);
  expect(refused?.exitCode).toBe(1);
  expect(refused?.all).toContain("unknown");
}
