import { stackName } from "../components/model/index.ts";
import { Failure } from "../local/failure.ts";
import { projectRoot } from "../local/folders.ts";
import { checkedOut } from "../stacks/checkout.ts";

export interface Run {
  project: string;
  ref: string;
  commit: string;
  /** Name of the environment's stack. */
  stack: string;
}

/** Branch and commit of a run: as asked for, else as CI says, else what is checked out. */
export function identify(options: { ref?: string; commit?: string }): Run {
  const project = variable("CI_PROJECT_PATH") ?? "dynenv";
  const current = checkedOut(projectRoot);
  const ref = options.ref ?? variable("CI_COMMIT_REF_NAME") ?? current.ref;
  const commit = options.commit ?? variable("CI_COMMIT_SHA") ?? current.commit;
  if (ref === "")
    throw new Failure("usage", "the branch is unknown: name one with --ref, such as --ref main");
  if (!/^[0-9a-f]{7,64}$/.test(commit)) {
    throw new Failure(
      "usage",
      `commit "${commit}" must be 7 to 64 hexadecimal digits: name one with --commit`,
    );
  }
  return { project, ref, commit, stack: stackName({ project, ref, key: commit }) };
}

/** The identity as the CI variables that settings are read from. */
export function identityVariables({ project, ref, commit }: Run): Record<string, string> {
  return { CI_PROJECT_PATH: project, CI_COMMIT_REF_NAME: ref, CI_COMMIT_SHA: commit };
}

/** An environment variable; an empty one counts as unset. */
function variable(name: string): string | undefined {
  const value = process.env[name] ?? "";
  return value === "" ? undefined : value;
}
