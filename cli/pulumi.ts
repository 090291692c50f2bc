import { execa } from "execa";
import { Failure } from "../local/failure.ts";
import { projectRoot } from "../local/folders.ts";
import type { Interrupt } from "./interrupt.ts";

/** How the Pulumi CLI is run: with which environment, where its lines go, and what may interrupt it. */
export interface PulumiRun {
  env: Record<string, string>;
  line: (text: string) => void;
  interrupt: Interrupt;
}

/** Runs the Pulumi CLI and passes its lines on. @throws with its last error as the cause. */
export async function pulumi(args: string[], { env, line, interrupt }: PulumiRun): Promise<void> {
  const child = execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    env,
    cwd: projectRoot,
    all: true,
    reject: false,
    // A process group of its own: an interrupt of the terminal must reach it once, from here.
    detached: true,
  });
  interrupt.watch(child);
  let error = "";
  for await (const text of child.iterable({ from: "all" })) {
    error = /^\s*error: (.*)/.exec(text)?.[1] ?? error;
    if (isNews(text)) line(`  ${text.trim().replace(/ \d+ warnings?$/, "")}`);
  }
  const { exitCode } = await child;
  interrupt.check();
  if (exitCode === 0) return;
  // The program's own sentences about settings begin with what is wrong.
  const isSetting = /^(setting|variable) /.test(error);
  throw new Failure(isSetting ? "usage" : "broken", error === "" ? `pulumi ${args[0] ?? ""} failed` : error);
}

/** A stack's outputs. */
export async function stackOutputs<T>(stack: string, env: Record<string, string>): Promise<T> {
  const args = ["stack", "output", "--json", "--stack", stack];
  const result = await execa("pulumi", args, { env, cwd: projectRoot, reject: false });
  if (result.exitCode !== 0) {
    const reason =
      result.stderr
        .trim()
        .split("\n")
        .at(-1)
        ?.replace(/^error: /, "") ?? "";
    throw new Failure("broken", `stack ${stack} has no outputs to read: ${reason}`);
  }
  return JSON.parse(result.stdout) as T;
}

/** Whether the backend has a stack of this name. */
export async function stackExists(stack: string, env: Record<string, string>): Promise<boolean> {
  const result = await execa("pulumi", ["stack", "ls", "--json"], { env, cwd: projectRoot, reject: false });
  if (result.exitCode !== 0) {
    const reason =
      result.stderr
        .trim()
        .split("\n")
        .at(-1)
        ?.replace(/^error: /, "") ?? "";
    throw new Failure("unreachable", `the stacks cannot be listed: ${reason}`);
  }
  return (JSON.parse(result.stdout) as { name: string }[]).some(({ name }) => name === stack);
}

/** Whether a line of Pulumi says that something was done or went wrong, not that it is under way or counted. */
function isNews(text: string): boolean {
  return /\b(created|updated|replaced|deleted|failed)\b \(|\berror:/.test(text);
}
