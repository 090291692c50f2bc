import { execa } from "#bundled/execa";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { refusedObject } from "./refusedObject.ts";
import { programError } from "./programError.ts";
import { command, type Progress, type Work } from "../../foundation/work.ts";

/** How the Pulumi CLI is run: with which environment, where its lines go, and what interrupts it. */
export interface PulumiRun extends Work {
  env: Record<string, string>;
  /** Takes the lines that each tell of one object that was done. Default: `progress`. */
  detail?: Progress;
  /** Is called when Pulumi has the stack's lock and begins. Default: nothing is. */
  begun?: () => void;
}

/** A run of the Pulumi CLI that failed. */
export class PulumiFailure extends Failure {
  /** All that it printed. */
  readonly output: string;

  constructor(exitCode: "broken" | "usage" | "unreachable", message: string, output: string) {
    super(exitCode, message);
    this.output = output;
  }
}

/** How long Pulumi may take to end after its interrupt: it awaits the requests that are under way. */
const endWithin = 60_000;

/** Runs the Pulumi CLI and passes its news on. @throws with its first error as the cause. */
export async function pulumi(args: string[], run: PulumiRun): Promise<void> {
  const { env, progress, detail = progress, begun, signal } = run;
  signal.throwIfAborted();
  const child = execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    env,
    cwd: projectRoot,
    all: true,
    reject: false,
    // A process group of its own: it takes a second interrupt as the order to leave resources behind.
    detached: true,
  });
  let killer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    child.kill("SIGINT");
    killer = setTimeout(() => child.kill("SIGKILL"), endWithin);
  };
  signal.addEventListener("abort", interrupt);
  const lines: string[] = [];
  const told = new Set<string>();
  for await (const text of child.iterable({ from: "all" })) {
    lines.push(text);
    if (/^(Updating|Destroying) \(/.test(text)) begun?.();
    const cause = causeIn(text);
    if (isRefusal(cause) && killer === undefined) interrupt();
    // Pulumi tells an error when it occurs, and again at the end.
    if (!isNews(text) || told.has(cause)) continue;
    if (cause !== "") told.add(cause);
    (isDone(text) ? detail : progress)(`  ${text.trim().replace(/ \d+ warnings?$/, "")}`);
  }
  const { exitCode } = await child;
  signal.removeEventListener("abort", interrupt);
  clearTimeout(killer);
  signal.throwIfAborted();
  if (exitCode === 0) return;
  const error = lines.map(causeIn).find((cause) => cause !== "") ?? `pulumi ${args[0] ?? ""} failed`;
  const ofProgram = programError(error, lines);
  for (const line of ofProgram?.lines ?? []) progress(`  ${line}`);
  throw new PulumiFailure(kindOf(error, lines), ofProgram?.sentence ?? error, lines.join("\n"));
}

/** Whose fault an error is: the caller's, a backend's that let nothing begin, or the environment's. */
function kindOf(error: string, lines: string[]): "usage" | "unreachable" | "broken" {
  if (/^(setting|variable|commit|checkout) |configuration key|refused the login/.test(error)) return "usage";
  const isOfBackend = /\(code=\w+\)|operation error S3|googleapi:|RESPONSE \d{3}/.test(error);
  return isOfBackend && !lines.some(isDone) ? "unreachable" : "broken";
}

/** Whether the API server did not take an object: the update has failed, whatever else it would still wait for. */
function isRefusal(cause: string): boolean {
  return refusedObject.test(cause);
}

/** A stack's outputs. */
export async function stackOutputs<T>(stack: string, run: PulumiRun): Promise<T> {
  const args = ["stack", "output", "--json", "--stack", stack];
  return JSON.parse(await query(args, run, `stack ${stack} has no outputs to read`)) as T;
}

async function query(args: string[], { env, signal }: PulumiRun, failed: string): Promise<string> {
  const options = { env, cwd: projectRoot, signal };
  return command("pulumi", args, options, (reason) => `${failed}: ${reason.replace(/^error: /, "")}`);
}

/** The error message in a line of output, if it says more than "update failed". */
function causeIn(text: string): string {
  const error = /(?:\berror: |^\s*\* |^\s+\d+\) )(.*)/.exec(text)?.[1] ?? "";
  return /^((update|destroy) failed|\d+ errors? occurred:?)$/.test(error) ? "" : error;
}

/** Whether a line of Pulumi says that something was done or went wrong, not that it is under way or counted. */
function isNews(text: string): boolean {
  const isWrong = / failed\*\*|^\s*(error:|\*) /.test(text);
  // Who holds a lock is told by those who know what follows from it.
  return isDone(text) || (isWrong && !text.includes("the stack is currently locked by"));
}

function isDone(text: string): boolean {
  return /\b(created|updated|replaced|deleted) \(/.test(text);
}
