import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";

/** A project as a CI system finds it: what is in its working tree, committed. */
export interface Checkout {
  folder: string;
  /** Its only remote, with nothing but the default branch. */
  origin: string;
  branch: string;
  commit: string;
}

/** What a branch changes: files and their content. */
export type Change = Record<string, string>;

/**
 * Makes a clone of a repository, with a branch of one commit.
 * @param origin its default branch is that of the project. Default: this project's.
 */
export async function checkOut(
  parent: string,
  branch: string,
  change: Change = {},
  origin?: string,
): Promise<Checkout> {
  const folder = join(parent, "checkout");
  await mkdir(parent, { recursive: true });
  const cloned = origin ?? (await thisProject(join(parent, "origin")));
  await git(parent, "clone", "--quiet", "--template=", cloned, folder);
  // What a project at its CI system is called; nobody asks for it there.
  await git(folder, "remote", "set-url", "origin", "https://github.com/shop/deals.git");
  await git(folder, "checkout", "--quiet", "-b", branch);
  for (const [file, content] of Object.entries(change)) await writeFile(join(folder, file), content);
  await git(folder, "add", "--all");
  await commit(folder, `a change in ${branch}`);
  return { folder, origin: cloned, branch, commit: await git(folder, "rev-parse", "HEAD") };
}

/** Makes a repository of this project. The dependencies are linked, not installed: each of a pipeline's jobs gets a folder of its own. */
async function thisProject(origin: string): Promise<string> {
  await mkdir(origin);
  await git(origin, "init", "--quiet", "--template=", "--initial-branch=main");
  await git(origin, `--work-tree=${projectRoot}`, "add", "--all");
  await commit(origin, "the project");
  await git(origin, "checkout", "--quiet", "--force", "HEAD", "--", ".");
  await symlink(join(projectRoot, "node_modules"), join(origin, "node_modules"));
  await git(origin, "add", "node_modules");
  await commit(origin, "its dependencies");
  return origin;
}

/** What a run left in its checkout, ignored files included. */
export function leftIn({ folder }: Checkout): Promise<string> {
  return git(folder, "status", "--porcelain", "--ignored");
}

async function commit(folder: string, message: string): Promise<void> {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  await git(folder, ...author, "commit", "--quiet", "--allow-empty", "--message", message);
}

async function git(folder: string, ...args: string[]): Promise<string> {
  return (await execa("git", args, { cwd: folder })).stdout;
}
