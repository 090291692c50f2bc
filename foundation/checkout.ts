import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { named } from "../components/model/index.ts";
import { SettingError } from "./settingError.ts";

/** Variables that point git at another repository than the folder's own. Git sets them for hooks. */
export const withoutRepository: Record<string, undefined> = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_IMPLICIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
  GIT_PREFIX: undefined,
  GIT_NAMESPACE: undefined,
  GIT_SHALLOW_FILE: undefined,
  GIT_GRAFT_FILE: undefined,
  GIT_REPLACE_REF_BASE: undefined,
};

/**
 * What Pulumi writes beside a program for each stack that it meets, unless people keep it in git: settings, and no code. It
 * counts as ignored, since the second run for a commit would else be one of something that is not committed.
 */
const stackSettings = "Pulumi.*.yaml";
const isStackSettings = /(^|\/)Pulumi\.[^/]+\.yaml$/;

/** Branch (`HEAD` where none is checked out) and commit in `folder`; both empty where there is no repository. */
export function checkedOut(folder = "."): { ref: string; commit: string } {
  const commit = ask(folder, "rev-parse", "--verify", "HEAD^{commit}").output;
  if (commit === undefined) return { ref: "", commit: "" };
  // A branch's short name would depend on whether there is a tag of that name.
  const branch = ask(folder, "symbolic-ref", "--quiet", "HEAD").output;
  return { ref: branch?.replace(/^refs\/heads\//, "") ?? "HEAD", commit };
}

/** The commit in full that is meant by its beginning; nothing where `folder` does not have it, or several. */
export function fullCommit(beginning: string, folder: string): string | undefined {
  // Not by its name, which a branch or tag could have, too.
  const objects = ask(folder, "rev-parse", `--disambiguate=${beginning}`).output?.split("\n") ?? [];
  const commits = objects.filter((object) => ask(folder, "cat-file", "-t", object).output === "commit");
  return commits.length === 1 ? commits[0] : undefined;
}

/**
 * Why the checkout in `folder` cannot be read, what to do about it, and whether git is missing; `undefined` when it can be
 * read.
 */
export function whyNotCheckedOut(folder: string): { reason: string; lacksGit: boolean } | undefined {
  const { output, error, isMissing } = ask(folder, "rev-parse", "--verify", "HEAD^{commit}");
  const because = (reason: string) => ({ reason, lacksGit: false });
  if (isMissing) return { reason: "git is not on PATH: install it", lacksGit: true };
  if (output !== undefined) return undefined;
  if (error.includes("dubious ownership"))
    return because(
      `git does not trust ${named(folder)}, which belongs to another user: run \`git config --global --add safe.directory '${folder}'\``,
    );
  if (isNoRepository(error))
    return because(`${named(folder)} is not a git repository: clone it instead of downloading it`);
  if (ask(folder, "rev-parse", "--git-dir").output === undefined)
    return because(`git cannot read the repository ${named(folder)}: ${error}`);
  return because(`the repository ${named(folder)} has no commit: make one`);
}

/** Root of the checkout that has `folder`; nothing where there is no repository. @throws where git cannot read it. */
export function checkoutRoot(folder: string): string | undefined {
  const { output, error } = ask(folder, "rev-parse", "--show-toplevel");
  if (output === undefined && isNoRepository(error)) return undefined;
  if (output === undefined) throw unreadable(folder, error);
  return output;
}

/** Root of the repository whose submodule `root` is, if it is one. */
export function superprojectRoot(root: string): string | undefined {
  const { output = "" } = ask(root, "rev-parse", "--show-superproject-working-tree");
  return output === "" ? undefined : output;
}

/** Where a remote of the checkout leads to; nothing where there is none of that name. */
export function remoteUrl(folder: string, name: string): string | undefined {
  return ask(folder, "remote", "get-url", name).output;
}

/** Parents of the commit that is checked out, as the commit itself names them, so also in a shallow clone. */
export function parentsOfHead(folder: string): string[] {
  const commit = git(folder, "cat-file", "commit", "HEAD");
  const [header = ""] = commit.split("\n\n");
  return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = ""]) => parent);
}

/** The last commit that changed one of some paths, of those that led to what is checked out; nothing where there is none. */
export function lastCommitOf(paths: string[], folder = "."): string | undefined {
  const log = ["--literal-pathspecs", "log", "-1", "--format=%H", "--no-show-signature", "HEAD", "--"];
  const commit = ask(folder, ...log, ...paths).output ?? "";
  return commit === "" ? undefined : commit;
}

/** Whether the commit that is checked out has the folder. */
export function isCommitted(folder: string): boolean {
  return ask(folder, "rev-parse", "--verify", "--quiet", "HEAD:./").output !== undefined;
}

/** Whether git leaves a path out of what it looks at: its changes are seen by nobody. */
export function isIgnored(folder: string, path: string): boolean {
  return ask(folder, "check-ignore", "--quiet", "--", path).output !== undefined;
}

/**
 * Files below `folder` that git leaves out of what it looks at, by their paths from there; of a repository within,
 * the folder with a slash at its end.
 * @param isSkipped whether a folder need not be looked into: those of dependencies have very many files.
 */
export function ignoredFiles(folder: string, isSkipped: (path: string) => boolean): string[] {
  const list = (...options: string[]) => {
    // With a tag before each path, which may begin with a blank.
    const ignored = ["--others", "--ignored", "--exclude-standard", `--exclude=${stackSettings}`];
    const all = ["ls-files", "-t", "-z", ...ignored, ...options];
    const lines = git(folder, ...all).split("\0");
    return lines.filter(Boolean).map((line) => line.slice(2));
  };
  const isSkippedFolder = (path: string) => path.endsWith("/") && isSkipped(path.slice(0, -1));
  const paths = list("--directory").filter((path) => !isSkippedFolder(path));
  return paths.some((path) => path.endsWith("/")) ? list() : paths;
}

/**
 * Hash of the working tree in `folder`, new files included, where it differs from what is checked out. Nothing is
 * written to the repository: index and objects go to a folder for the moment.
 * @param ignored files that count although git ignores them.
 */
export function uncommittedChanges(folder = ".", ignored: string[] = []): string | undefined {
  if (ignored.length === 0 && !hasUncommittedChanges(folder)) return undefined;
  const temporary = mkdtempSync(join(tmpdir(), "dynenv-"));
  try {
    const index = join(temporary, "index");
    const objects = git(folder, "rev-parse", "--path-format=absolute", "--git-path", "objects");
    const current = git(folder, "rev-parse", "--path-format=absolute", "--git-path", "index");
    // Before the first `git add` there is none. Its time tells git which files may have changed within the same second.
    if (existsSync(current)) cpSync(current, index, { preserveTimestamps: true });
    const env = {
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: temporary,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
    };
    const root = git(folder, "rev-parse", "--show-toplevel");
    const unseen = keptFromSight(root).join("\0");
    for (const flag of ["--no-assume-unchanged", "--no-skip-worktree"])
      required(root, run(root, ["update-index", flag, "-z", "--stdin"], env, unseen));
    required(folder, run(folder, ["add", "--all"], env));
    required(root, run(root, ["update-index", "--force-remove", "-z", "--stdin"], env, newSettings(root)));
    const tree = required(folder, run(folder, ["write-tree"], env));
    // Of a submodule, the tree has only which commit it is at, and of an ignored repository nothing.
    const parts = submodules(root).flatMap((path) => uncommittedChanges(join(root, path)) ?? []);
    parts.push(...ignored.flatMap((path) => [path, ...stateOf(resolve(folder, path))]));
    return parts.length === 0
      ? tree
      : createHash("sha1")
          .update([tree, ...parts].join("\0"))
          .digest("hex");
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Settings of stacks that git does not know, each with a NUL behind it. */
function newSettings(root: string): string {
  return git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", `:(glob)**/${stackSettings}`);
}

/** What an ignored file has in it; of a repository, which commit and which changes. */
function stateOf(path: string): string[] {
  if (lstatSync(path).isDirectory()) return [checkedOut(path).commit, uncommittedChanges(path) ?? ""];
  if (lstatSync(path).isSymbolicLink()) return [readlinkSync(path)];
  return [createHash("sha1").update(readFileSync(path)).digest("hex")];
}

/** Whether the working tree in `folder` differs from what is checked out, new files included. */
export function hasUncommittedChanges(folder: string): boolean {
  return changesIn(folder).some((line) => !line.startsWith("?? ") || !isStackSettings.test(line));
}

/** Paths that differ from what is checked out; settings of stacks, into which Pulumi writes, are no code. */
export function uncommittedCode(folder: string): string[] {
  return changesIn(folder)
    .map((line) => line.slice(3))
    .filter((path) => !isStackSettings.test(path));
}

/** What git says of each path that differs: two letters, a blank, the path. */
function changesIn(folder: string): string[] {
  const root = checkoutRoot(folder);
  if (root === undefined) return [];
  const options = [
    "--porcelain",
    "-z",
    "--untracked-files=normal",
    "--ignore-submodules=none",
    "--no-renames",
  ];
  const changes = git(folder, "--no-optional-locks", "status", ...options)
    .split("\0")
    .filter(Boolean);
  // Only its ends are trimmed of what git printed.
  const [first = "", ...others] = changes;
  const whole = /^.{2} /.test(first) || first === "" ? changes : [` ${first}`, ...others];
  return [...whole, ...keptFromSight(root).map((path) => ` M ${path}`)];
}

/** Submodules below `folder` that are checked out, by their paths from there. */
export function submodules(folder: string): string[] {
  const entries = git(folder, "ls-files", "--stage", "-z")
    .split("\0")
    .filter((line) => line.startsWith("160000 "));
  const paths = entries.map((line) => line.split("\t")[1] ?? "");
  return paths.filter((path) => existsSync(join(folder, path, ".git")));
}

/** Files there that git was told not to look at, by `git update-index`. In a sparse checkout it has none of them. */
function keptFromSight(root: string): string[] {
  const flagged = git(root, "ls-files", "-v", "-z")
    .split("\0")
    .filter((line) => /^[a-zS] /.test(line));
  return flagged
    .filter((line) => differs(root, line.slice(2), line.startsWith("S")))
    .map((line) => line.slice(2));
}

function differs(root: string, path: string, isSparse: boolean): boolean {
  if (!existsSync(join(root, path))) return !isSparse;
  const committed = ask(root, "rev-parse", "--verify", "--quiet", `HEAD:${path}`).output;
  return ask(root, "hash-object", "--", path).output !== committed;
}

interface Answer {
  /** What git printed, if it ended well. */
  output: string | undefined;
  /** What it complained of, in one line. */
  error: string;
  /** Whether there is no git. */
  isMissing: boolean;
}

function ask(folder: string, ...args: string[]): Answer {
  return run(folder, args);
}

/** @throws when git fails, with what it says. */
function git(folder: string, ...args: string[]): string {
  return required(folder, ask(folder, ...args));
}

function required(folder: string, { output, error }: Answer): string {
  if (output === undefined) throw unreadable(folder, error);
  return output;
}

function unreadable(folder: string, error: string): SettingError {
  return new SettingError(`checkout ${named(folder)} cannot be read: ${error}; correct what git names`);
}

function run(folder: string, args: string[], env: NodeJS.ProcessEnv = {}, input?: string): Answer {
  const { error, status, stdout, stderr } = spawnSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    // A commit is what its own id names, whatever somebody has put in its place.
    env: { ...process.env, ...withoutRepository, GIT_NO_REPLACE_OBJECTS: "1", LC_ALL: "C", ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(input !== undefined && { input }),
    maxBuffer: Infinity,
  });
  const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
  if (error !== undefined) return { output: undefined, error: error.message, isMissing };
  return { output: status === 0 ? stdout.trim() : undefined, error: gitError(stderr), isMissing };
}

/** The first error of git's, empty where it says nothing; the warnings and hints around it say less. */
export function gitError(stderr: string): string {
  const said = stderr.split("\n").filter((line) => /^(error|fatal): /.test(line));
  return (said[0] ?? stderr.trim().split("\n").at(-1) ?? "").replace(/^(error|fatal): /, "");
}

function isNoRepository(error: string): boolean {
  return error.includes("not a git repository");
}
