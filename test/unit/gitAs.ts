import { type Git, gitIn } from "../../cli/release/gitCommand.ts";

/** Whose commits those of tests are, whatever this machine's git is told. */
export const author = {
  ...{ GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" },
  ...{ GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" },
};

/** Git in a folder, as {@link author}. */
export function gitAs(folder: string): Git {
  const git = gitIn(folder, new AbortController().signal);
  return (args, input, env) => git(args, input, { ...author, ...env });
}
