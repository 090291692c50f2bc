import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";

/** The project as a CI system finds it: what is in the working tree, committed. */
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
 * Makes a repository of the project with its default branch, and a clone of it with a branch of one commit. The
 * dependencies are linked, not installed: each of a pipeline's jobs gets a folder of its own.
 */
export async function checkOut(parent: string, branch: string, change: Change = {}): Promise<Checkout> {
  const origin = join(parent, "origin");
  const folder = join(parent, "checkout");
  await mkdir(origin, { recursive: true });
  await git(origin, "init", "--quiet", "--template=", "--initial-branch=main");
  await git(origin, `--work-tree=${projectRoot}`, "add", "--all");
  await commit(origin, "the project");
  await git(origin, "checkout", "--quiet", "--force", "HEAD", "--", ".");
  await symlink(join(projectRoot, "node_modules"), join(origin, "node_modules"));
  await git(origin, "add", "node_modules");
  await commit(origin, "its dependencies");
  await git(parent, "clone", "--quiet", "--template=", origin, folder);
  // What a project at its CI system is called; nobody asks for it there.
  await git(folder, "remote", "set-url", "origin", "https://github.com/shop/deals.git");
  await git(folder, "checkout", "--quiet", "-b", branch);
  for (const [file, content] of Object.entries(change)) await writeFile(join(folder, file), content);
  await git(folder, "add", "--all");
  await commit(folder, `a change in ${branch}`);
  return { folder, origin, branch, commit: await git(folder, "rev-parse", "HEAD") };
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
