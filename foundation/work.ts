import { execa, type Options } from "#bundled/execa";
import { Failure } from "./failure.ts";

/** Takes one line of progress. */
export type Progress = (line: string) => void;

/** What long work needs: where it tells how far it is, and what ends it early. */
export interface Work {
  progress: Progress;
  signal: AbortSignal;
}

const tick = 30_000;

/** Runs long work: says that it begins, every half minute that it goes on, and how long it took. */
export async function during<T>(what: string, { progress, signal }: Work, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const start = Date.now();
  const seconds = () => `${String(Math.round((Date.now() - start) / 1000))} s`;
  progress(`${what} ...`);
  const timer = setInterval(() => {
    progress(`${what} ... ${seconds()}`);
  }, tick);
  try {
    const result = await run();
    progress(`${what}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** How a program is run. */
export type CommandOptions = Options & {
  signal: AbortSignal;
  /** Whether an interrupt goes to all of its processes, as in a terminal, and is waited for. Default: `false`. */
  interruptsGroup?: boolean;
};

/**
 * Runs a program to its end and returns what it prints. It has a process group of its own, so that an interrupt of the
 * terminal reaches it only through `signal`.
 * @throws the signal's reason when that ended it, else a failure that `explain` makes of its last line.
 */
export async function command(
  file: string,
  args: string[],
  { signal, interruptsGroup = false, ...options }: CommandOptions,
  explain: (reason: string) => string,
): Promise<string> {
  signal.throwIfAborted();
  const cancelling = interruptsGroup ? {} : { cancelSignal: signal };
  const child = execa(file, args, { ...options, ...cancelling, detached: true, reject: false });
  const interrupt = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    } catch {
      // It has just ended by itself.
    }
  };
  if (interruptsGroup) signal.addEventListener("abort", interrupt);
  const result = await child;
  signal.removeEventListener("abort", interrupt);
  signal.throwIfAborted();
  if (result.exitCode === 0) return String(result.stdout);
  throw new Failure("unreachable", explain(causeIn(String(result.stderr))));
}

/** The line that says what went wrong. Of a full disk programs tell in passing. */
function causeIn(output: string): string {
  const full = output.split("\n").find((line) => /no space left on device/i.test(line));
  return full === undefined ? lastLine(output) : `${full.trim()}; free some space and try again`;
}

/** Last line of a program's output: for most programs the one that says what went wrong. */
export function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}
