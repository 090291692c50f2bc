import {
  checkStandingName,
  commitForm,
  commitPattern,
  EnvironmentKind,
  listed,
  named,
  oneOf,
  projectForm,
  refForm,
  shown,
  stackForm,
  stackName,
  timeMark,
  Trust,
} from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import {
  checkedOut,
  fullCommit,
  hasUncommittedChanges,
  whyNotCheckedOut,
} from "../../foundation/checkout.ts";
import { branchName, ciRun, type CiRun } from "../../foundation/ciRun.ts";
import { secretSettings } from "../../foundation/secretSettings.ts";
import { requireCodeOf } from "../../foundation/ownCode.ts";
import { placeInRepository } from "../../foundation/repository.ts";
import { required } from "../../foundation/required.ts";
import { readVariable } from "../../foundation/variable.ts";
import { configuredSetting, givenSetting, pulumiProject, storedSetting } from "../pulumi/pulumiProject.ts";
import { programFolder } from "../pulumi/programFolder.ts";

/** What gets an environment of its own. */
export const scopes = ["commit", "run", "branch"] as const;
export type Scope = (typeof scopes)[number];

export interface Run {
  project: string;
  ref: string;
  commit: string;
  /** Whether its code comes from a fork. */
  fork: boolean;
  /** Name of the environment's stack. */
  stack: string;
}

/** What is asked for by name. */
interface Wanted {
  ref?: string;
  commit?: string;
  scope?: Scope;
  stack?: string;
}

/** Path of the project that this checkout works for, as its program takes it, too: its environments are ours. */
export function ownProject({ project }: Pick<CiRun, "project"> = ownRun()): string {
  return project ?? pulumiProject();
}

function ownRun(): CiRun {
  return ciRun(process.env, () => placeInRepository(programFolder()));
}

/** Branch and commit of a run, and its stack: as asked for, else as CI says, else what is checked out. */
export function identify(wanted: Wanted): Run {
  const ci = ownRun();
  const project = ownProject(ci);
  const given = { ref: branchName(wanted.ref) ?? ci.ref, commit: wanted.commit ?? ci.commit };
  const isGiven = given.ref !== undefined && given.commit !== undefined;
  const current = isGiven ? undefined : checkedOut(programFolder());
  const { ref = current?.ref ?? "", commit: wished = current?.commit ?? "" } = given;
  const known = isAbbreviated(wished) ? fullCommit(wished, programFolder()) : wished;
  const commit = known ?? wished;
  if (wanted.ref !== "" && wanted.commit !== "" && (ref === "" || commit === "")) throw unknownCheckout();
  if (ref === "")
    throw new Failure("usage", "the branch is unknown: name one with --ref, such as --ref main");
  required("commit", commit, commitForm, "name one with --commit");
  required("ref", ref, refForm);
  required("the project", project, projectForm, "name another by DYNENV_PROJECT");
  if (wanted.stack !== undefined) required("--stack", wanted.stack, stackForm);
  const stack =
    wanted.stack ??
    stackName({ project, ref, key: key(wanted.scope, { ref, commit: known ?? "", run: ci.run }) });
  return { project, ref, commit, fork: ci.fork, stack };
}

/**
 * What is built and deployed is the code of this checkout. The program itself has the last word, since it also knows
 * what is configured.
 * @param settings those that are given for the stack, as `key=value`.
 * @throws when that is not what is asked for.
 */
export function requireOwnCode(run: Run, settings: string[] = [], kinds?: EnvironmentKind[]): void {
  const { commit, project, fork, stack } = run;
  requireOwnSettings(run, settings, kinds);
  const trust = configuredSetting(stack, settings, "trust");
  if (fork || trust !== undefined || readVariable("DYNENV_TRUST") === Trust.fork) return;
  requireCodeOf({ commit, project }, programFolder());
}

/** @throws when settings are about something else than the run is. */
export function requireOwnSettings(
  { commit, project, ref, stack }: Run,
  settings: string[] = [],
  kinds: EnvironmentKind[] = [EnvironmentKind.preview],
): void {
  requireNoSecret(settings);
  const decided = {
    project: { value: project, remedy: "set DYNENV_PROJECT to it" },
    ref: { value: ref, remedy: "name it with --ref" },
    commit: { value: commit, remedy: "name it with --commit" },
  };
  requireKind(kinds, stack, settings);
  requireStandingName(stack, configuredSetting(stack, settings, "kind"));
  for (const [key, { value, remedy }] of Object.entries(decided))
    requireSetting({ key, value, remedy }, stack, settings);
}

/** @throws for a stack of another kind: images, and environments that stay, are none of a run. */
function requireKind(kinds: EnvironmentKind[], stack: string, settings: string[]): void {
  const kind = configuredSetting(stack, settings, "kind");
  if (kind === undefined || kinds.some((one) => one === kind)) return;
  const remedies: Record<string, string> = {
    image: "build images with plain Pulumi, in a stack of their own",
    standing: `deploy it by \`dynenv up --stack ${stack}\`, which removes nothing`,
  };
  const remedy = remedies[kind] ?? `the kinds are ${kinds.join(", ")}`;
  throw new Failure(
    "usage",
    `${settingPlace("kind", stack, settings)} gives the kind ${shown(kind)}, but this is a run for ${listed(kinds)}: leave it out there, or ${remedy}`,
  );
}

/** @throws for a standing environment that would be called like a preview, such as that of the commit that is checked out. */
function requireStandingName(stack: string, kind: string | undefined): void {
  try {
    checkStandingName(kind, stack);
  } catch (error) {
    throw new Failure("usage", `${(error as Error).message}, by --stack`);
  }
}

/** @throws when a setting, which comes before what the run is about, says something else. */
function requireSetting(
  { key, value, remedy }: { key: string; value: string; remedy: string },
  stack: string,
  settings: string[],
): void {
  const found = configuredSetting(stack, settings, key);
  if (found === undefined || found === value) return;
  throw new Failure(
    "usage",
    `${settingPlace(key, stack, settings)} gives the ${key} ${shown(found)}, but this is a run for the ${key} ${shown(value)}: leave it out there, and ${remedy}`,
  );
}

function settingPlace(key: string, stack: string, settings: string[]): string {
  const isGiven = givenSetting(settings, key) !== undefined;
  if (isGiven) return "--config";
  return storedSetting(stack, key) === undefined ? "Pulumi.yaml" : `Pulumi.${stack}.yaml`;
}

/** @throws for a setting that would stand in clear in the stack's file, in its history and in the list of processes. */
function requireNoSecret(settings: string[]): void {
  for (const [key, variable] of Object.entries(secretSettings))
    if (givenSetting(settings, key) !== undefined)
      throw new Failure("usage", `--config gives ${key}, which is a secret: set ${variable} instead`);
}

/** Which code a run is about, in words: also what its name does not tell. */
export function described({ ref, commit }: Run): string {
  const current = checkedOut(programFolder());
  const isHere = commit === current.commit;
  return [
    ref === "HEAD" && isHere ? "HEAD (no branch is checked out)" : named(ref),
    `at ${named(commit.slice(0, 12))}`,
    ...(isHere && hasUncommittedChanges(programFolder()) ? ["with changes that are not committed"] : []),
  ].join(" ");
}

function isAbbreviated(commit: string): boolean {
  return commitPattern.test(commit) && commit.length < 40;
}

function unknownCheckout(): Failure {
  const { reason, lacksGit } = whyNotCheckedOut(programFolder()) ?? {
    reason: "it cannot be read",
    lacksGit: false,
  };
  return new Failure(
    lacksGit ? "unreachable" : "usage",
    `branch and commit are unknown, since ${reason}, or name both by --ref and --commit`,
  );
}

/** What tells the environments of one branch apart. */
function key(
  wanted: Scope | undefined,
  { ref, commit, run }: { ref: string; commit: string; run: string | undefined },
): string {
  const scope = wanted ?? scopeVariable();
  if (scope === "branch" && ref === "HEAD")
    throw new Failure(
      "usage",
      "the scope is branch, but none is checked out: name one with --ref, such as --ref main",
    );
  if (scope === "branch") return "";
  // Whoever abbreviates it means the same environment, which only the whole of it names.
  if (scope === "commit" && commit === "")
    throw new Failure(
      "usage",
      "the commit is abbreviated, and this checkout does not have it, or several that begin so: name all of its digits",
    );
  if (scope === "commit") return commit;
  if (run !== undefined) return run;
  throw new Failure(
    "usage",
    "the scope is run, but no CI system names one: set DYNENV_RUN, such as DYNENV_RUN=1234",
  );
}

function scopeVariable(): Scope {
  const value = readVariable("DYNENV_SCOPE");
  return value === undefined ? "commit" : required("DYNENV_SCOPE", value, oneOf(scopes, "unset for commit"));
}

/** The run as the variables that settings are read from; the environment's life counts from now on. */
export function identityVariables({ project, ref, commit, fork }: Run): Record<string, string> {
  return {
    ...{ DYNENV_PROJECT: project, DYNENV_REF: ref, DYNENV_COMMIT: commit },
    // One time for the whole of a pipeline, so that a second `up` in it changes nothing.
    DYNENV_DEPLOYED_AT: readVariable("DYNENV_DEPLOYED_AT") ?? timeMark(new Date()),
    ...(fork && { DYNENV_TRUST: "fork" }),
  };
}
