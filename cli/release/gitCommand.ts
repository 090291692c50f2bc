import { execa } from "#bundled/execa";
import { gitError, withoutRepository } from "../../foundation/checkout.ts";
import { Failure } from "../../foundation/failure.ts";
import { readVariable } from "../../foundation/variable.ts";

/** Asks git in a repository. @returns what it prints. @throws with what it complains of. */
export type Git = (args: string[], input?: string, env?: Record<string, string>) => Promise<string>;

/** What git answered where it ended otherwise than well. */
export class GitFailure extends Failure {
  readonly stderr: string;

  constructor(message: string, stderr: string) {
    super("unreachable", message);
    this.stderr = stderr;
  }
}

/** Milliseconds that a command may take: a remote behind a wall never answers. */
const limit = 60_000;

/** Git in the repository that has `folder`: it asks nobody for a password, and nothing of this process's own repository counts. */
export function gitIn(folder: string, signal: AbortSignal): Git {
  return async (args, input, env = {}) => {
    signal.throwIfAborted();
    const { exitCode, stdout, stderr, failed, message, timedOut } = await execa(
      "git",
      ["-C", folder, ...args],
      {
        env: { ...withoutRepository, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C", ...identity(), ...env },
        ...(input === undefined ? { stdin: "ignore" } : { input }),
        ...{ reject: false, cancelSignal: signal, timeout: limit, stripFinalNewline: false },
      },
    );
    signal.throwIfAborted();
    if (timedOut)
      throw new GitFailure(
        `git ${args[0] ?? ""} did not end within ${String(limit / 1000)} s: see whether the repository's remote answers, and how long`,
        stderr,
      );
    if (failed && exitCode === undefined)
      throw new Failure("unreachable", `git cannot be run: ${message ?? ""}; install it`);
    if (exitCode === 0) return stdout;
    throw new GitFailure(`git ${args[0] ?? ""}: ${gitError(stderr)}`, stderr);
  };
}

/** Whose commits they are where git is not told: a CI job's person, else the program itself. */
function identity(): Record<string, string> {
  const name = readVariable("GITLAB_USER_NAME") ?? readVariable("GITHUB_ACTOR");
  const email = readVariable("GITLAB_USER_EMAIL");
  if (name === undefined) return {};
  const address = email ?? `${name.replace(/[^\w.-]/g, "-")}@users.noreply.invalid`;
  return {
    ...{ GIT_AUTHOR_NAME: name, GIT_COMMITTER_NAME: name },
    ...{ GIT_AUTHOR_EMAIL: address, GIT_COMMITTER_EMAIL: address },
  };
}
