import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { passOn, type Output } from "./jobLog.ts";
import type { TestCount } from "./testCount.ts";

/** Milliseconds in which tests that are interrupted may end by themselves. */
const endWithin = 10_000;
/** The same for what they have left running when they are over. */
const leaveWithin = 1000;

/**
 * Runs a command of this machine to its end and passes on what it prints. It has a process group of its own, which ends
 * with it: an interrupt reaches all that it started, and nothing of that stays behind.
 * @param variables beside those of this process.
 * @returns how it ended; nothing where it ended well.
 * @throws when it cannot be started, or the signal's reason when that ended it.
 */
export async function runTestCommand(
  [file = "", ...args]: string[],
  variables: Record<string, string>,
  output: Output,
  count: TestCount,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const child = spawn(file, args, {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = endOf(child, file);
  const passed = Promise.all(
    [child.stdout, child.stderr].map((from) => passOn(from.setEncoding("utf8"), output, count)),
  );
  passed.catch(() => undefined);
  let killer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    end(child, "SIGINT");
    killer = setTimeout(end, endWithin, child, "SIGKILL");
  };
  signal.addEventListener("abort", interrupt);
  try {
    const how = await ended;
    clearTimeout(killer);
    // What still runs would hold its outputs open.
    end(child, "SIGTERM");
    killer = setTimeout(end, leaveWithin, child, "SIGKILL");
    await passed;
    signal.throwIfAborted();
    return how;
  } finally {
    clearTimeout(killer);
    end(child, "SIGKILL");
    signal.removeEventListener("abort", interrupt);
  }
}

/** How a command ended; nothing where it ended well. @throws when it did not begin. */
async function endOf(child: ChildProcess, file: string): Promise<string | undefined> {
  let code: number | null;
  let signal: NodeJS.Signals | null;
  try {
    [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  } catch (error) {
    const { code: reason = "unknown error" } = error as NodeJS.ErrnoException;
    throw new Failure(
      "usage",
      `${shown(file)} cannot be started (${reason}): put a program of this machine behind --, such as dynenv test --outside -- npm test`,
      { cause: error },
    );
  }
  if (signal !== null) return `was ended by ${signal}`;
  return code === 0 ? undefined : `ended with exit code ${String(code)}`;
}

/** Sends a signal to a command and to what it started; nothing where none of it runs any more. */
function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
