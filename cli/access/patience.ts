import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds after which what has no answer is asked once more, and those after which it is given up. */
export interface Patience {
  again: number[];
  end: number;
}

/** Of a question that is not the first: the cluster has answered before. */
export const usualPatience: Patience = { again: [5000, 12_000], end: 30_000 };

/** That a server did not answer in time. */
export function noAnswer(server: string, { end }: Patience): Error {
  return new Error(`no answer from ${server} within ${String(end / 1000)} s`);
}

/**
 * The first answer to a question that is asked again when there is none, while earlier ones are still waited for; and at
 * once where the connection was lost.
 * @param late makes the error for no answer at all.
 */
export async function firstAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { again, end }: Patience,
  late: () => Error,
): Promise<T> {
  const ended = new AbortController();
  const begin = performance.now();
  const asked: Promise<T>[] = [];
  try {
    for (const until of [...again, end]) {
      asked.push(ask(ended.signal));
      const waited = sleep(Math.max(0, begin + until - performance.now()), undefined, {
        signal: ended.signal,
      });
      const outcome = await Promise.race([
        Promise.any(asked).then(
          (answer) => ({ answer }),
          (failed: unknown) => ({ error: (failed as AggregateError).errors.at(-1) as Error }),
        ),
        waited.catch(() => undefined),
      ]);
      if (outcome === undefined) continue;
      if ("answer" in outcome) return outcome.answer;
      if (until === end || !isLost(outcome.error)) throw outcome.error;
    }
    throw late();
  } finally {
    ended.abort();
  }
}

const lostCodes = ["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_SOCKET"];

/** Whether a connection, or the attempt to make one, broke off: the next one may not. */
export function isLost(error: unknown): boolean {
  const { code = "", cause } = error as { code?: string; cause?: unknown };
  return lostCodes.includes(code) || (cause !== undefined && cause !== null && isLost(cause));
}
