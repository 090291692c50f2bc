import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Branch (`HEAD` where none is checked out) and commit in `folder`; both empty where there is no repository. */
export function checkedOut(folder = "."): { ref: string; commit: string } {
  return { ref: git(folder, "rev-parse", "--abbrev-ref", "HEAD"), commit: git(folder, "rev-parse", "HEAD") };
}

/**
 * Hash of the working tree in `folder`, new files included, where it differs from what is checked out. Nothing is
 * written to the repository: index and objects go to a folder for the moment.
 */
export function uncommittedChanges(folder = "."): string | undefined {
  if (git(folder, "--no-optional-locks", "status", "--porcelain", "--untracked-files=normal") === "")
    return undefined;
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
