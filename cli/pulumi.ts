import { execa } from "execa";
import { Failure } from "../local/failure.ts";
import { projectRoot } from "../local/folders.ts";
import { command, lastLine, type Work } from "../local/work.ts";

/** How the Pulumi CLI is run: with which environment, where its lines go, and what interrupts it. */
export interface PulumiRun extends Work {
  env: Record<string, string>;
}

/** Runs the Pulumi CLI and passes its news on. @throws with its first error as the cause. */
export async function pulumi(args: string[], { env, progress, signal }: PulumiRun): Promise<void> {
  signal.throwIfAborted();
  const child = execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    env,
    cwd: projectRoot,
    all: true,
    reject: false,
    // A process group of its own: it takes a second interrupt as the order to leave resources behind.
    detached: true,
  });
  const interrupt = () => {
    child.kill("SIGINT");
  };
  signal.addEventListener("abort", interrupt);
  let error = "";
  const told = new Set<string>();
  for await (const text of child.iterable({ from: "all" })) {
    const cause = causeIn(text);
    if (error === "") error = cause;
    // Pulumi tells an error when it occurs, and again at the end.
    if (!isNews(text) || told.has(cause)) continue;
    if (cause !== "") told.add(cause);
    progress(`  ${text.trim().replace(/ \d+ warnings?$/, "")}`);
  }
  const { exitCode } = await child;
  signal.removeEventListener("abort", interrupt);
  signal.throwIfAborted();
  if (exitCode === 0) return;
  const isSetting = /^(setting|variable) |configuration key|refused the login/.test(error);
  throw new Failure(isSetting ? "usage" : "broken", error === "" ? `pulumi ${args[0] ?? ""} failed` : error);
}

/** A stack's outputs. */
export async function stackOutputs<T>(stack: string, run: PulumiRun): Promise<T> {
  const args = ["stack", "output", "--json", "--stack", stack];
  return JSON.parse(await query(args, run, `stack ${stack} has no outputs to read`)) as T;
}

/**
 * Whether the backend has a stack of this name. Only this one is read: a list reads all stacks, and fails while another
 * run writes one of them.
 */
export async function stackExists(stack: string, { env, signal }: PulumiRun): Promise<boolean> {
  const args = ["stack", "--show-name", "--stack", stack, "--non-interactive"];
  const options = { env, cwd: projectRoot, cancelSignal: signal, reject: false } as const;
  const { exitCode, stderr } = await execa("pulumi", args, options);
  signal.throwIfAborted();
  if (exitCode === 0) return true;
  if (stderr.includes("no stack named")) return false;
  throw new Failure(
    "unreachable",
    `stack ${stack} cannot be read: ${lastLine(stderr).replace(/^error: /, "")}`,
  );
}

async function query(args: string[], { env, signal }: PulumiRun, failed: string): Promise<string> {
  const options = { env, cwd: projectRoot, signal };
  return command("pulumi", args, options, (reason) => `${failed}: ${reason.replace(/^error: /, "")}`);
}

/** The error that a line of Pulumi tells, unless it tells only that there is one. */
function causeIn(text: string): string {
  const error = /(?:\berror: |^\s*\* )(.*)/.exec(text)?.[1] ?? "";
  return /^((update|destroy) failed|\d+ errors? occurred:?)$/.test(error) ? "" : error;
}

/** Whether a line of Pulumi says that something was done or went wrong, not that it is under way or counted. */
function isNews(text: string): boolean {
  return /\b(created|updated|replaced|deleted) \(| failed\*\*|^\s*(error:|\*) /.test(text);
}
