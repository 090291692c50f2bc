import { execa } from "#bundled/execa";
import { gitError, withoutRepository } from "../../foundation/checkout.ts";
import { withoutLogins } from "../text/urls.ts";
import { programFolder } from "../pulumi/programFolder.ts";

/** Branches and tags that there are, as git names them in full, such as `refs/heads/main`. */
export interface Branches {
  /** Where they were asked for. */
  remote: string;
  names: ReadonlySet<string>;
  /** Why the answer is not to be trusted; then nothing counts as gone. */
  problem?: string;
}

export type BranchState = "exists" | "gone" | "unknown";

const answerWithin = 30_000;

/** Asks a remote of this checkout, or a URL, for its branches and tags; what is only here exists, too. */
export async function readBranches(remote: string, signal: AbortSignal): Promise<Branches> {
  const [there, here] = await Promise.all([
    git(["ls-remote", "--heads", "--tags", "--", remote], signal),
    git(["for-each-ref", "--format=%(objectname)%09%(refname)", "refs/heads"], signal),
  ]);
  signal.throwIfAborted();
  const shown = withoutLogins(remote);
  const names = refsIn(there.output);
  const problem =
    there.problem !== undefined
      ? `git cannot ask ${shown} for its branches: ${withoutLogins(there.problem)}`
      : `${shown} has no branches at all`;
  if (names.length === 0) return { remote: shown, names: new Set(), problem };
  // A branch that was never pushed is not gone.
  return { remote: shown, names: new Set([...names, ...refsIn(here.output)]) };
}

/** Nobody can answer a question of git's; a session of its own has no terminal to ask on. */
async function git(args: string[], cancelSignal: AbortSignal): Promise<{ output: string; problem?: string }> {
  const { exitCode, stdout, stderr, timedOut } = await execa("git", ["-C", programFolder(), ...args], {
    ...{
      env: { ...withoutRepository, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
      stdin: "ignore",
      reject: false,
    },
    ...{ cancelSignal, timeout: answerWithin, detached: true },
  });
  if (timedOut) return { output: "", problem: `no answer within ${String(answerWithin / 1000)} s` };
  if (exitCode === undefined) return { output: "", problem: "git cannot be started" };
  return exitCode === 0
    ? { output: stdout }
    : { output: "", problem: gitError(stderr) || "it gives no reason" };
}

/** Names in what git lists, one `<object><tab><name>` a line. */
export function refsIn(output: string): string[] {
  const names = output.split("\n").map((line) => line.split("\t")[1]?.trim() ?? "");
  return names.filter((name) => name.startsWith("refs/") && !name.endsWith("^{}"));
}

/** Whether the branch or tag that an environment was made for exists, and what makes that known. */
export function branchOf(
  ref: string,
  { remote, names, problem }: Branches,
): { state: BranchState; reason: string } {
  const unknown = problem ?? notAskedFor(ref);
  if (unknown !== undefined) return { state: "unknown", reason: unknown };
  const has = (name: string) => inFull(name).some((one) => names.has(one));
  if (has(ref)) return { state: "exists", reason: `${ref} exists` };
  // Jenkins calls main `origin/main`.
  const [, rest] = /^[^/]+\/(.+)$/.exec(ref) ?? [];
  if (rest !== undefined && !ref.startsWith("refs/") && has(rest))
    return { state: "unknown", reason: `${remote} has no branch or tag ${ref}, but ${rest}` };
  return { state: "gone", reason: `${remote} has no branch or tag ${ref}` };
}

function inFull(ref: string): string[] {
  return ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}

/** Why git does not know a ref even while it exists. */
function notAskedFor(ref: string): string | undefined {
  if (ref.includes(":")) return `${ref} is of a fork, whose branches are not asked for`;
  const isRequest = /^(refs\/(?!heads\/|tags\/)|pull\/|merge-requests\/)|^\d+\/(merge|head)$/.test(ref);
  const isCommit = /^(HEAD|[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);
  const isNoName = /[\s~^?*[\\\p{Cc}]|\.\.|@\{|\/\/|^[-/]|[/.]$|\.lock$/u.test(ref);
  return isRequest || isCommit || isNoName ? `${ref} is not the name of a branch or tag` : undefined;
}
