import { execa } from "#bundled/execa";
import { Failure } from "../../foundation/failure.ts";
import { commandError } from "./commandErrors.ts";
import { eventIn, eventsFlag, reasonIn } from "./engineEvents.ts";
import { keptVolume } from "./keptVolume.ts";
import { News, type Done } from "./news.ts";
import { isOfCaller, programError } from "./programError.ts";
import { refusedObject } from "./refusedObject.ts";
import { isLocked } from "./stackLock.ts";
import { command, type Progress, type Work } from "../../foundation/work.ts";
import { programFolder } from "./programFolder.ts";

/** How the Pulumi CLI is run: with which environment, where its lines go, and what interrupts it. */
export interface PulumiRun extends Work {
  env: Record<string, string>;
  /** Takes the lines that each tell of one object that was done, and what that is. Default: `progress`. */
  detail?: (line: string, done: Done) => void;
  /** Is called when Pulumi has the stack's lock and begins. Default: nothing is. */
  begun?: () => void;
}

/** A run of the Pulumi CLI that failed. */
export class PulumiFailure extends Failure {
  /** All errors that it told. */
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
  const { progress, detail = progress, begun, signal } = run;
  signal.throwIfAborted();
  const child = start(args, run);
  let killer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    child.kill("SIGINT");
    killer = setTimeout(() => child.kill("SIGKILL"), endWithin);
  };
  signal.addEventListener("abort", interrupt);
  const news = new News({ progress, detail });
  for await (const line of child.iterable()) {
    const event = eventIn(line);
    if (event === undefined) continue;
    if (news.isEmpty) begun?.();
    news.take(event);
    // The update has failed, whatever else it would still wait for.
    if (killer === undefined && refusedObject.test(news.errors.at(-1) ?? "")) interrupt();
  }
  const { exitCode, stderr } = await child;
  signal.removeEventListener("abort", interrupt);
  clearTimeout(killer);
  signal.throwIfAborted();
  if (exitCode !== 0) throw failureOf(args, news, stderr, progress);
}

function start(args: string[], { env }: PulumiRun) {
  return execa("pulumi", [...args, ...eventsFlag(args), "--non-interactive", "--color", "never"], {
    env,
    cwd: programFolder(),
    reject: false,
    buffer: { stdout: false },
    // A process group of its own: it takes a second interrupt as the order to leave resources behind.
    detached: true,
  });
}

/** What a run failed of: the engine's first error, or the command's, where the engine did not begin. */
function failureOf(args: string[], news: News, stderr: string, progress: Progress): PulumiFailure {
  const ofCommand = commandError(stderr);
  const [error = ofCommand ?? `pulumi ${args[0] ?? ""} failed`] = news.errors;
  // Who holds a lock is told by those who know what follows from it.
  if (error === ofCommand && !isLocked(stderr)) progress(`  error: ${error}`);
  const reason = programError(error) ?? keptVolume(error) ?? reasonIn(error);
  return new PulumiFailure(kindOf(reason, news), reason, [stderr, ...news.errors].join("\n"));
}

/** Whose fault an error is: the caller's, a backend's that let nothing begin, or the environment's. */
function kindOf(error: string, { hasDone }: News): "usage" | "unreachable" | "broken" {
  if (isOfCaller(error)) return "usage";
  const isOfBackend = /\(code=\w+\)|operation error S3|googleapi:|RESPONSE \d{3}/.test(error);
  return isOfBackend && !hasDone ? "unreachable" : "broken";
}

/** A stack's outputs. */
export async function stackOutputs<T>(stack: string, run: PulumiRun): Promise<T> {
  const args = ["stack", "output", "--json", "--stack", stack];
  return JSON.parse(await query(args, run, `stack ${stack} has no outputs to read`)) as T;
}

async function query(args: string[], { env, signal }: PulumiRun, failed: string): Promise<string> {
  const options = { env, cwd: programFolder(), signal };
  return command("pulumi", args, options, (reason) => `${failed}: ${commandError(reason) ?? reason}`);
}
