import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { list } from "tar";
import { describe, expect, test } from "vitest";
import { checkedOut } from "../../foundation/checkout.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { useImage } from "../faults/image.ts";
import { kubectl, shell, stacks, type Ended } from "../integration/shell.ts";
import type { Change } from "../operations/pipelineCheckout.ts";
import { ForgeStandIn } from "../unit/forgeStandIn.ts";
import { gitlabEnvironmentUrl } from "./links.ts";
import { expectNothingLeft, succeeded, usePipelines } from "./pipelines.ts";
import { artifactsFolder, github, gitlab } from "./runners.ts";

const { used, branch } = usePipelines();
const image = useImage();

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

describe("GitLab's pipeline", () => {
  const child = ["--variable", "CI_PIPELINE_SOURCE=parent_pipeline"];

  test("cleans up after tests that fail, and fails", async () => {
    const checkout = await branch("gitlab-fails", failingTest);
    const run = await gitlab(checkout, used.variables, child);
    expect(run.exitCode, run.output).not.toBe(0);
    expect(succeeded(run), run.output).toEqual(["build", "deploy", "cleanup"]);
    expect(run.output).toContain("the tests failed: Job test-");
    await expectNothingLeft(checkout);
  }, 240_000);

  test("says why its deploy failed, keeps the dossier, and cleans up", async () => {
    const checkout = await branch("gitlab-broken", await brokenApplication());
    const forge = await ForgeStandIn.start("GitLab");
    const variables = { ...used.variables, ...forge.ofRequest };
    const run = await gitlab(checkout, variables, child);
    expect(succeeded(run), run.output).toEqual(["build"]);
    expect(forge.headlines, run.output).toEqual(["is being built", "failed"]);
    expect(forge.bodies[1]).toContain("`dossier.tar.gz`, among the artifacts");
    const artifacts = join(checkout.folder, "..", "state", "artifacts");
    await expectExplained(run, join(artifacts, "deploy", "dossier.tar.gz"));
    // gitlab-ci-local starts nothing after a job that was skipped, as the tests were.
    const cleanup = await gitlab(checkout, variables, [...child, "cleanup"]);
    forge.stop();
    expect(succeeded(cleanup), cleanup.output).toEqual(["cleanup"]);
    expect(forge.bodies[2]).toMatch(/was removed\*\* .*\n\n.*failed\*\* .*deals keeps crashing/);
    await expectNothingLeft(checkout);
  }, 240_000);

  test("deploys a fork's image without a build, and stops it when the branch is gone", async () => {
    const checkout = await branch("gitlab-fork");
    const { CI_REGISTRY = "", DYNENV_PUBLIC_REGISTRY = "" } = shell;
    const fork = {
      ...used.variables,
      DYNENV_SERVICE_IMAGES: JSON.stringify({ deals: image().replace(CI_REGISTRY, DYNENV_PUBLIC_REGISTRY) }),
      ...{ DYNENV_REF: `a/b:${checkout.branch}`, DYNENV_COMMIT: checkedOut().commit },
      ...{ DYNENV_IMAGE_PREFIX: DYNENV_PUBLIC_REGISTRY },
    };
    const run = await gitlab(checkout, fork, [...child, "--needs", "test"]);
    expect(run.exitCode, run.output).toBe(0);
    expect(succeeded(run), run.output).toEqual(["deploy", "test"]);
    expect(run.output).toMatch(/^deploy +> env-\S+ is ready$/m);
    expect(await gitlabEnvironmentUrl(checkout)).toBe("");
    const stack = (await stacks()).find((name) => name.includes(checkout.branch)) ?? "";
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
});

describe("GitHub's workflow", () => {
  test("says why its deploy failed, keeps the dossier, and cleans up", async () => {
    const checkout = await branch("github-broken", await brokenApplication());
    const run = await github(used.act, checkout, used.variables, { action: "synchronize" });
    expect(succeeded(run), run.output).toEqual(["build", "cleanup"]);
    await expectExplained(run, join(checkout.folder, "..", artifactsFolder, "dossier.tar.gz"));
    await expectNothingLeft(checkout);
  }, 240_000);

  test("cleans up when its deploy is cancelled, and again from the default branch when the branch is gone", async () => {
    const checkout = await branch("github-cancelled");
    const deploying = "Job preview-readiness";
    const run = await github(used.act, checkout, used.variables, { action: "opened" }, deploying);
    expect(run.exitCode, run.output).not.toBe(0);
    expect(succeeded(run), run.output).toEqual(["build", "cleanup"]);
    await expectNothingLeft(checkout);
    const closed = await github(used.act, checkout, used.variables, { action: "closed" });
    expect(closed.exitCode, closed.output).toBe(0);
    expect(succeeded(closed), closed.output).toEqual(["cleanup"]);
  }, 240_000);
});
