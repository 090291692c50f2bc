import { execa } from "execa";

async function git(repository: string, ...args: string[]): Promise<string> {
  const { stdout } = await execa("git", ["-C", repository, ...args], {
    env: {
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.com",
    },
    input: "",
  });
  return stdout;
}

/** A repository to be asked for branches, with none. */
export async function bareRepository(folder: string): Promise<void> {
  await execa("git", ["init", "--quiet", "--bare", folder]);
}

/** Gives branches a first commit. */
export async function commitTo(repository: string, ...branches: string[]): Promise<void> {
  const commit = await git(repository, "commit-tree", await git(repository, "mktree"), "-m", "first");
  for (const branch of branches) await git(repository, "update-ref", `refs/heads/${branch}`, commit);
}

export async function deleteBranch(repository: string, branch: string): Promise<void> {
  await git(repository, "update-ref", "-d", `refs/heads/${branch}`);
}
