import { readFileSync } from "node:fs";
import { z } from "zod";
import { SettingError } from "./settingError.ts";
import { readVariable } from "./variable.ts";
import { named } from "../components/model/index.ts";

/** What is known of the run of a CI system. */
export interface CiRun {
  /** Path of the project, such as `shop/deals`, with that of the program where a repository has several. */
  project: string | undefined;
  /** Branch or tag; of a fork with the fork's path before it, `somebody/deals:main`. */
  ref: string | undefined;
  /** The commit that was pushed, not the one that merges it. */
  commit: string | undefined;
  /** What tells this run from others of the same commit. */
  run: string | undefined;
  /** Number of the merge request or pull request that it is for, as the CI system calls it. */
  mergeRequest: string | undefined;
  /** Whether its code comes from a fork. */
  fork: boolean;
}

type Variables = Record<string, string | undefined>;

/**
 * What the variables say: DYNENV_PROJECT, DYNENV_REF, DYNENV_COMMIT, DYNENV_RUN and DYNENV_MERGE_REQUEST in any CI
 * system, such as Concourse whose tasks know only what they are told; else those of GitLab, its old ones included, or of
 * GitHub.
 * @param place where in the repository the program is: two of one repository must not take each other's environments for
 * their own. Default: at its root.
 */
export function ciRun(env: Variables, place = () => ""): CiRun {
  const first = (...names: string[]) => names.map((name) => readVariable(name, env)).find(Boolean);
  const found = first("GITHUB_ACTIONS") === undefined ? gitlabRun(first) : githubRun(first);
  const ofProgram = (project: string) => [project, place()].filter(Boolean).join("/");
  return {
    project: first("DYNENV_PROJECT") ?? (found.project && ofProgram(found.project)),
    ref: branchName(first("DYNENV_REF") ?? found.ref),
    commit: first("DYNENV_COMMIT") ?? found.commit,
    run: first("DYNENV_RUN") ?? found.run,
    mergeRequest: first("DYNENV_MERGE_REQUEST") ?? found.mergeRequest,
    fork: found.fork,
  };
}

/** A branch in full, as some CI systems name it, is the branch. */
export function branchName(ref: string | undefined): string | undefined {
  return ref?.replace(/^refs\/heads\//, "");
}

type First = (...names: string[]) => string | undefined;

/** A merge request names its source: with merged results the commit of the pipeline is one that nobody wrote. */
function gitlabRun(first: First): CiRun {
  const project = first("CI_PROJECT_PATH");
  const source = first("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH");
  const target = first("CI_MERGE_REQUEST_PROJECT_PATH") ?? project;
  const branch = first("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");
  const fork = source !== undefined && source !== target;
  return {
    project,
    ref:
      fork && branch
        ? `${source}:${branch}`
        : (branch ??
          tagRef(first("CI_COMMIT_TAG", "CI_BUILD_TAG")) ??
          first("CI_COMMIT_REF_NAME", "CI_BUILD_REF_NAME")),
    commit: first("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA", "CI_BUILD_REF"),
    run: first("CI_PIPELINE_ID", "CI_BUILD_ID"),
    mergeRequest: first("CI_MERGE_REQUEST_IID"),
    fork,
  };
}

/** A branch may have the same name, and is something else. */
function tagRef(name: string | undefined): string | undefined {
  return name && `refs/tags/${name}`;
}

const githubEvent = z.object({
  pull_request: z
    .object({
      number: z.int().optional(),
      head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
    })
    .optional(),
});

/** For a pull request GITHUB_SHA is a merge commit; its head is in the file with the event alone. */
function githubRun(first: First): CiRun {
  const project = first("GITHUB_REPOSITORY");
  const { head, number } = pullRequest(first("GITHUB_EVENT_PATH")) ?? {};
  // A fork that was deleted has no name any more.
  const source = head === undefined ? project : (head.repo?.full_name ?? "deleted");
  const fork = source !== project;
  const name = first("GITHUB_HEAD_REF", "GITHUB_REF_NAME");
  const branch = first("GITHUB_REF_TYPE") === "tag" ? tagRef(name) : name;
  return {
    project,
    ref: fork && branch ? `${source ?? ""}:${branch}` : branch,
    commit: head?.sha ?? first("GITHUB_SHA"),
    run: first("GITHUB_RUN_ID"),
    mergeRequest: number === undefined ? undefined : String(number),
    fork,
  };
}

function pullRequest(path: string | undefined) {
  if (path === undefined) return undefined;
  try {
    return githubEvent.parse(JSON.parse(readFileSync(path, "utf8"))).pull_request;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code ?? (error instanceof z.ZodError ? "its pull request has no head" : "it is not JSON");
    throw new SettingError(`GITHUB_EVENT_PATH ${named(path)} cannot be read: ${reason}`);
  }
}
