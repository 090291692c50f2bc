import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writeArchive } from "../../cli/diagnosis/dossier.ts";
import type { Finding } from "../../cli/diagnosis/rules/finding.ts";
import { summaryOf } from "../../cli/diagnosis/summary.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { ForgeStandIn } from "../unit/forgeStandIn.ts";

const stack = "feature-login-abc";
const commit = "9dff06f".padEnd(40, "0");
const folder = mkdtempSync(join(tmpdir(), "report-"));
let gitlab: ForgeStandIn;
let github: ForgeStandIn;

beforeAll(async () => {
  gitlab = await ForgeStandIn.start("GitLab");
  github = await ForgeStandIn.start("GitHub");
});
afterEach(() => {
  for (const server of [gitlab, github]) [server.comments, server.calls] = [[], []];
});
afterAll(() => {
  for (const server of [gitlab, github]) server.stop();
  rmSync(folder, { recursive: true });
});

/** The command as a job runs it, without a cluster. */
async function report(words: string[], env: Record<string, string>) {
  const entry = join(projectRoot, "cli", "dynenv.ts");
  const own = { DYNENV_PROJECT: "shop/deals", DYNENV_REF: "main", DYNENV_COMMIT: commit };
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [entry, "report", "--stack", stack, ...words],
    {
      ...{ reject: false, extendEnv: false, cwd: projectRoot },
      env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: join(folder, "none"), ...own, ...env },
    },
  );
  expect(stdout).toBe("");
  return { exitCode, said: stderr.replace(/^ *\d+\.\ds {2}/gm, "") };
}

const forGitlab = () => ({
  ...gitlab.variables,
  CI_MERGE_REQUEST_IID: "12",
  CI_MERGE_REQUEST_PROJECT_ID: "34",
});

describe("dynenv report", () => {
  it.each([
    ["a token of GitLab", () => ({ ...forGitlab(), GITLAB_TOKEN: "" }), "GITLAB_TOKEN is not set"],
    ["a token of GitHub", () => ({ GITHUB_ACTIONS: "true" }), "GITHUB_TOKEN is not set"],
    [
      "a CI system",
      () => ({ GITLAB_TOKEN: "glpat-0123456789" }),
      "this is no job of GitLab or GitHub, since CI_API_V4_URL is not set",
    ],
    ["a merge request", () => gitlab.variables, "this is no run for a merge request"],
  ])("says so without %s, and ends well", async (_what, env, reason) => {
    expect(await report(["ready"], env())).toEqual({ exitCode: 0, said: `nothing is reported: ${reason}` });
    expect(gitlab.calls).toEqual([]);
  });

  it("tells GitLab, in the project that the merge request is for", async () => {
    const { exitCode, said } = await report(["building"], { ...forGitlab(), CI_PROJECT_ID: "77" });
    expect({ exitCode, said }).toEqual({
      exitCode: 0,
      said: `the comment about ${stack} in merge request 12 says that it is being built: created`,
    });
    expect(gitlab.comments.map(({ body }) => body)).toEqual([
      `<!-- dynenv:shop/deals:${stack} -->\n\n**The environment is being built** for commit \`9dff06f00000\` ([the run](https://gitlab.example.com/shop/deals/-/jobs/56)).`,
    ]);
    const removed = await report(["removed"], forGitlab());
    expect(removed).toEqual({
      exitCode: 0,
      said: `the comment about ${stack} in merge request 12 says that it was removed`,
    });
  }, 60_000);

  it("tells GitHub, by the event's number", async () => {
    const event = join(folder, "event.json");
    const head = { sha: commit, repo: { full_name: "shop/deals" } };
    writeFileSync(event, JSON.stringify({ pull_request: { number: 12, head } }));
    const env = { ...github.variables, GITHUB_EVENT_PATH: event };
    expect(await report(["building"], env)).toMatchObject({ exitCode: 0 });
    expect(github.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining("[the run](https://github.example.com/shop/deals/actions/runs/56)"),
    ]);
  });

  it("tells of a failure even where the cluster cannot be asked, without secrets", async () => {
    const secrets = { SHOP_TOKEN: "battery-staple", KUBECONFIG: join(folder, "battery-staple`@all -->") };
    const none = join(folder, "none.tar.gz");
    const { exitCode, said } = await report(["failed", "--dossier", none], { ...forGitlab(), ...secrets });
    expect(exitCode, said).toBe(0);
    const [{ body } = { body: "" }] = gitlab.comments;
    expect(body).toMatch(
      /^\*\*The environment failed\*\* with commit `9dff06f00000` .*: `[^`]*\*\*\*'@all -->[^`]*`$/m,
    );
    expect(body).not.toContain("battery-staple");
    expect(body).not.toContain("none.tar.gz");
  });

  it("tells what the dossier says, where there is one, and where it is", async () => {
    const dossier = join(folder, "dossier.tar.gz");
    const findings: Finding[] = [
      { cause: "crash-loop", service: "deals", object: "Pod/deals-1", evidence: "exit code 1: @all ```" },
    ];
    const summary = summaryOf({ namespace: "env-a", findings, hidden: [], files: ["events.txt"] });
    await writeArchive(dossier, { "events.txt": "", "summary.md": summary });
    await report(["failed", "--dossier", dossier], forGitlab());
    expect(gitlab.comments[0]?.body).toMatch(
      /: `deals keeps crashing \(exit code 1: @all '''\); [^`]*`\n\nWhat was found is in `dossier\.tar\.gz`, among the artifacts of the run\.$/,
    );
    writeFileSync(dossier, "no archive");
    await report(["failed", "--dossier", dossier], forGitlab());
    expect(gitlab.comments[0]?.body).toMatch(/: `the job deploy failed, and its log says why`\n\nWhat was/);
  });

  it.each([
    [
      3,
      'refuses GITLAB_TOKEN (401, "401 Unauthorized"): give it the scope api',
      { GITLAB_TOKEN: "glpat-fedcba9876543210" },
    ],
    [
      2,
      'the merge request is "12/../13" but must be the number of a merge request or pull request',
      { CI_MERGE_REQUEST_IID: "12/../13" },
    ],
    [
      2,
      'CI_API_V4_URL is "file:///etc/passwd" but must be an address with http or https',
      { CI_API_V4_URL: "file:///etc/passwd" },
    ],
    [
      2,
      'CI_MERGE_REQUEST_PROJECT_ID is "../1" but must be the number of a project',
      { CI_MERGE_REQUEST_PROJECT_ID: "../1" },
    ],
  ])("ends with %i where %s", async (exitCode, sentence, env) => {
    const ended = await report(["building"], { ...forGitlab(), ...env });
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.said).toContain(sentence);
    expect(ended.said).not.toContain("glpat-");
    expect(gitlab.comments).toEqual([]);
  });
});
