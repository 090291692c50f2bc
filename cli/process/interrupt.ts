import { Failure } from "../../foundation/failure.ts";
import type { Progress, Work } from "../../foundation/work.ts";

/**
 * Work that the first SIGINT, SIGTERM or SIGHUP ends. Later ones change nothing: Pulumi takes a second one as the
 * order to leave resources behind.
 */
export function interruptibleWork(progress: Progress): Work {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      progress(controller.signal.aborted ? `${name}: still cleaning up` : `${name}: cleaning up`);
      controller.abort(new Failure("interrupted", "interrupted"));
    });
  }
  return { progress, signal: controller.signal };
}

/** The same work, to be done to its end whatever comes. */
export function uninterruptible(work: Work): Work {
  return { ...work, signal: new AbortController().signal };
}

/** What `work` gives, or the signal's reason as soon as it comes. */
export async function orInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  // Once it is interrupted, nobody waits for what becomes of the work.
  work.catch(() => undefined);
  signal.throwIfAborted();
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    }),
  ]);
}
