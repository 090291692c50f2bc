import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Branch (`HEAD` where none is checked out) and commit in `folder`; both empty where there is no repository. */
export function checkedOut(folder = "."): { ref: string; commit: string } {
  const [commit = "", ref = ""] = git(folder, "rev-parse", "HEAD", "--abbrev-ref", "HEAD").split("\n");
  return { ref, commit };
}

/**
 * Why `checkedOut` tells nothing of `folder`, with the next step, and whether that is for want of git itself;
 * `undefined` when it does tell.
 */
export function whyNotCheckedOut(folder: string): { reason: string; lacksGit: boolean } | undefined {
  const { error, status, stderr } = spawnSync("git", ["-C", folder, "rev-parse", "--verify", "HEAD"], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const because = (reason: string) => ({ reason, lacksGit: false });
  if (error !== undefined) return { reason: "git is not on PATH: install it", lacksGit: true };
  if (status === 0) return undefined;
  if (stderr.includes("dubious ownership"))
    return because(
      `git does not trust ${folder}, which belongs to another user: run \`git config --global --add safe.directory '${folder}'\``,
    );
  if (stderr.includes("not a git repository"))
    return because(`${folder} is no git repository: clone it instead of downloading it`);
  return because(`the repository ${folder} has no commit: make one`);
}

/**
 * Hash of the working tree in `folder`, new files included, where it differs from what is checked out. Nothing is
 * written to the repository: index and objects go to a folder for the moment.
 */
export function uncommittedChanges(folder = "."): string | undefined {
  if (!hasUncommittedChanges(folder)) return undefined;
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
    runGit(folder, ["add", "--all"], env);
    return runGit(folder, ["write-tree"], env);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Whether the working tree in `folder` differs from what is checked out, new files included. */
export function hasUncommittedChanges(folder: string): boolean {
  return git(folder, "--no-optional-locks", "status", "--porcelain", "--untracked-files=normal") !== "";
}

function git(folder: string, ...args: string[]): string {
  try {
    return runGit(folder, args);
  } catch {
    return "";
  }
}

function runGit(folder: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}
