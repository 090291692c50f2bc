// Where repositories begin, read without git, which may be missing or refuse to read one: whoever needs a commit tells that.
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Root of the repository that has `folder`; of a submodule, that of the repository around it. */
export function repositoryRoot(folder: string): string | undefined {
  const above = dirname(folder);
  const outer = () => (above === folder ? undefined : repositoryRoot(above));
  const git = join(folder, ".git");
  if (!existsSync(git)) return outer();
  return isSubmodule(git) ? (outer() ?? folder) : folder;
}

/** Of a submodule, `.git` is a file that leads into the repository around it; of a worktree it leads elsewhere. */
function isSubmodule(git: string): boolean {
  if (!statSync(git).isFile()) return false;
  const [, path = ""] = /^gitdir: (.*)/.exec(readFileSync(git, "utf8")) ?? [];
  return path.includes("/modules/") && !/\/worktrees\/[^/]+\/?$/.test(path);
}

/**
 * Which of a repository's applications the program in `folder` is for: the folder that has it, by its path from the root.
 * Empty where that is the root itself, and outside of every repository.
 */
export function placeInRepository(folder: string): string {
  const real = realpathSync(folder);
  const root = repositoryRoot(real);
  return root === undefined ? "" : relative(root, real).replace(/(^|\/)environment$/, "");
}
