import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stackName } from "../../components/model/index.ts";
import { ciRun } from "../../foundation/ciRun.ts";

const pushed = "1".repeat(40);
const merged = "2".repeat(40);
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ci-run-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a run of GitLab", () => {
  const branch = {
    CI_PROJECT_PATH: "shop/deals",
    CI_COMMIT_REF_NAME: "feature/a",
    CI_COMMIT_SHA: pushed,
    CI_PIPELINE_ID: "17",
  };
  const request = {
    ...branch,
    CI_MERGE_REQUEST_PROJECT_PATH: "shop/deals",
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "shop/deals",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/a",
    CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "",
    CI_MERGE_REQUEST_IID: "3",
  };
  const expected = {
    ...{ project: "shop/deals", ref: "feature/a", commit: pushed, run: "17" },
    ...{ mergeRequest: undefined as string | undefined, fork: false },
  };
  const requested = { ...expected, mergeRequest: "3" };

  it("is of a branch or a tag", () => {
    expect(ciRun(branch)).toEqual(expected);
    expect(ciRun({ ...branch, CI_COMMIT_REF_NAME: "v1.0" })).toEqual({ ...expected, ref: "v1.0" });
  });

  it("may have a line end after each value, as files have it", () => {
    const ended = Object.fromEntries(Object.entries(branch).map(([name, value]) => [name, `${value}\n`]));
    expect(ciRun({ ...ended, DYNENV_PROJECT: "\n" })).toEqual(expected);
  });

  it("is known by the names of old versions, too", () => {
    const old = { CI_BUILD_REF_NAME: "feature/a", CI_BUILD_REF: pushed, CI_BUILD_ID: "17" };
    expect(ciRun({ CI_PROJECT_PATH: "shop/deals", ...old })).toEqual(expected);
  });

  it("is of a merge request's source", () => {
    expect(ciRun(request)).toEqual(requested);
  });

  it("is of the source, too, where the pipeline runs for the merged result", () => {
    const results = { CI_COMMIT_SHA: merged, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: pushed };
    const ref = { CI_COMMIT_REF_NAME: "refs/merge-requests/3/merge" };
    expect(ciRun({ ...request, ...ref, ...results })).toEqual(requested);
  });

  it("is of a fork, in whosever project it runs", () => {
    const fork = { ...request, CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "somebody/deals" };
    const ofFork = { ...requested, ref: "somebody/deals:feature/a", fork: true };
    expect(ciRun(fork)).toEqual(ofFork);
    expect(ciRun({ ...fork, CI_PROJECT_PATH: "somebody/deals" })).toEqual({
      ...ofFork,
      project: "somebody/deals",
    });
  });
});

describe("a run of GitHub", () => {
  const push = {
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: "shop/deals",
    GITHUB_REF_NAME: "feature/a",
    GITHUB_SHA: pushed,
    GITHUB_RUN_ID: "17",
    GITHUB_HEAD_REF: "",
  };
  const expected = {
    project: "shop/deals",
    ref: "feature/a",
    commit: pushed,
    run: "17",
    mergeRequest: undefined,
    fork: false,
  };

  /** Variables of a pull request, whose event is in a file. */
  function pullRequest(head: object | string) {
    const path = join(folder, "event.json");
    const event = { pull_request: { number: 3, head } };
    writeFileSync(path, typeof head === "string" ? head : JSON.stringify(event));
    const variables = { GITHUB_REF_NAME: "3/merge", GITHUB_HEAD_REF: "feature/a", GITHUB_SHA: merged };
    return { ...push, ...variables, GITHUB_EVENT_PATH: path };
  }

  it("is of a push", () => {
    expect(ciRun(push)).toEqual(expected);
    expect(ciRun({ ...pullRequest('{"ref": "refs/heads/feature/a"}'), ...push })).toEqual(expected);
  });

  it("is of a pull request's head, not of the commit that merges it", () => {
    const expectedThere = { ...expected, mergeRequest: "3" };
    expect(ciRun(pullRequest({ sha: pushed, repo: { full_name: "shop/deals" } }))).toEqual(expectedThere);
  });

  it.each([
    ["a fork", { full_name: "somebody/deals" }, "somebody/deals:feature/a"],
    ["a fork that was deleted", null, "deleted:feature/a"],
  ])("is of %s", (_name, repo, ref) => {
    expect(ciRun(pullRequest({ sha: pushed, repo }))).toEqual({
      ...expected,
      ...{ ref, mergeRequest: "3", fork: true },
    });
  });

  it.each([
    ["no JSON", "{", /GITHUB_EVENT_PATH .*event\.json cannot be read: /],
    ["no head", '{"pull_request": {}}', /cannot be read: its pull request has no head$/],
  ])("is refused when its event has %s", (_name, event, sentence) => {
    expect(() => ciRun(pullRequest(event))).toThrow(sentence);
  });

  it("is refused when its event is not there", () => {
    expect(() => ciRun({ ...push, GITHUB_EVENT_PATH: join(folder, "none.json") })).toThrow(/ENOENT/);
  });
});

describe("a run of any CI system", () => {
  const told = {
    DYNENV_PROJECT: "shop/deals",
    DYNENV_REF: "feature/a",
    DYNENV_COMMIT: pushed,
    DYNENV_RUN: "17",
    DYNENV_MERGE_REQUEST: "3",
  };
  const expected = {
    ...{ project: "shop/deals", ref: "feature/a", commit: pushed, run: "17" },
    ...{ mergeRequest: "3", fork: false },
  };

  it("is what DYNENV_* tell, as in Concourse's tasks", () => {
    expect(ciRun(told)).toEqual(expected);
  });

  it("is what they tell rather than what the CI system does", () => {
    const other = { CI_PROJECT_PATH: "a/b", CI_COMMIT_REF_NAME: "b", CI_COMMIT_SHA: merged };
    const numbers = { CI_PIPELINE_ID: "1", CI_MERGE_REQUEST_IID: "1" };
    expect(ciRun({ ...other, ...numbers, ...told })).toEqual(expected);
  });

  it("is unknown where nobody tells, and where all is empty", () => {
    const unknown = {
      ...{ project: undefined, ref: undefined, commit: undefined, run: undefined },
      ...{ mergeRequest: undefined, fork: false },
    };
    expect(ciRun({})).toEqual(unknown);
    const names = [...Object.keys(told), "GITHUB_ACTIONS", "CI_PROJECT_PATH", "CI_COMMIT_SHA"];
    expect(ciRun(Object.fromEntries(names.map((name) => [name, ""])))).toEqual(unknown);
  });
});

it("tells a tag from a branch of the same name", () => {
  const gitlab = { CI_PROJECT_PATH: "shop/deals", CI_COMMIT_REF_NAME: "v1", CI_COMMIT_SHA: pushed };
  expect(ciRun({ ...gitlab, CI_COMMIT_BRANCH: "v1" }).ref).toBe("v1");
  expect(ciRun({ ...gitlab, CI_COMMIT_TAG: "v1" }).ref).toBe("refs/tags/v1");
  const github = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "shop/deals", GITHUB_REF_NAME: "v1" };
  expect(ciRun({ ...github, GITHUB_REF_TYPE: "branch" }).ref).toBe("v1");
  expect(ciRun({ ...github, GITHUB_REF_TYPE: "tag" }).ref).toBe("refs/tags/v1");
});

it("never shares an environment between two programs of one repository", () => {
  const gitlab = { CI_PROJECT_PATH: "shop/deals" };
  const project = (variables: Record<string, string>, place: string) => ciRun(variables, () => place).project;
  expect(project(gitlab, "")).toBe("shop/deals");
  expect(project(gitlab, "apps/web")).toBe("shop/deals/apps/web");
  expect(project({ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "shop/deals" }, "apps/web")).toBe(
    "shop/deals/apps/web",
  );
  expect(project({ ...gitlab, DYNENV_PROJECT: "shop/web" }, "apps/web")).toBe("shop/web");
  expect(project({}, "apps/web")).toBeUndefined();
});

it("never shares a stack between a project's branch and a fork's of the same name", () => {
  const branch = { CI_PROJECT_PATH: "shop/deals", CI_COMMIT_REF_NAME: "main", CI_COMMIT_SHA: pushed };
  const fork = {
    ...branch,
    CI_MERGE_REQUEST_PROJECT_PATH: "shop/deals",
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "somebody/deals",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "main",
  };
  const [ours, theirs] = [branch, fork].map((variables) => {
    const { project = "", ref = "" } = ciRun(variables);
    return stackName({ project, ref, key: "" });
  });
  expect(ours).not.toBe(theirs);
});
