import { setTimeout as sleep } from "node:timers/promises";
import { Watch, type KubeConfig } from "#bundled/kubernetes";
import { exitCodes, Failure } from "../../foundation/failure.ts";

export interface Watched<R> {
  /** Path of the collection, such as `/api/v1/namespaces`. */
  path: string;
  /** Selectors of labels or fields. */
  selector: Record<string, string>;
  /** Ends the watch, and the wait for it with the signal's reason. */
  signal: AbortSignal;
  /** Takes something from an object that there is or that changed; nothing: the watch goes on. */
  pick: (object: unknown, type: string) => R | undefined;
  /** Asks for what a watch does not tell: that an object was gone before it began. */
  ask?: () => Promise<R | undefined>;
  /** Is called when the watch begins, also anew: what there is, is told again from then on. */
  begins?: () => void;
}

/**
 * Watches what there is and what comes, until something is picked. A server ends each watch after some time, and a
 * client one that is silent; it then begins anew. @throws when one cannot begin or the connection is lost.
 */
export async function watchUntil<R>(config: KubeConfig, watched: Watched<R>): Promise<R> {
  for (;;) {
    watched.signal.throwIfAborted();
    watched.begins?.();
    const picked = await watchOnce(config, watched);
    if (picked !== undefined) return picked;
  }
}

/** Attempts in a row after which a cluster counts as out of reach. */
const attempts = 30;
const tryAgainAfter = 1000;

/** The same, also while connections are lost for some time, as when the API server restarts. */
export async function watchPatiently<R>(config: KubeConfig, watched: Watched<R>): Promise<R> {
  let failures = 0;
  const pick = (object: unknown, type: string) => {
    failures = 0;
    return watched.pick(object, type);
  };
  for (;;) {
    try {
      return await watchUntil(config, { ...watched, pick });
    } catch (error) {
      const isLost =
        error instanceof Failure && error.exitCode === exitCodes.unreachable && !isAnswer(error.cause);
      if (watched.signal.aborted || !isLost || ++failures === attempts) throw error;
      await sleep(tryAgainAfter, undefined, { signal: watched.signal }).catch(() => undefined);
    }
  }
}

/** Whether the cluster did answer, which it will do in the same way again. */
function isAnswer(cause: unknown): boolean {
  const { statusCode = 0 } = (cause ?? {}) as { statusCode?: number };
  return statusCode >= 400 && statusCode < 500;
}

/** One watch. @returns what was picked, or nothing when the watch came to its regular end. */
function watchOnce<R>(
  config: KubeConfig,
  { path, selector, signal, pick, ask }: Watched<R>,
): Promise<R | undefined> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const found = new Promise<R | undefined>((resolve, reject) => {
    const onEvent = (type: string, object: unknown) => {
      const picked = type === "ERROR" ? undefined : pick(object, type);
      if (picked !== undefined) resolve(picked);
    };
    const onEnd = (error?: Error | null) => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (error === undefined || error === null || error.name === "TimeoutError") resolve(undefined);
      else
        reject(
          new Failure("unreachable", `the watch on ${path} broke off: ${error.message}`, { cause: error }),
        );
    };
    new Watch(config)
      .watch(path, selector, onEvent, onEnd)
      .then((controller) => {
        either.addEventListener("abort", () => {
          controller.abort();
        });
        if (either.aborted) controller.abort();
        return ask?.().then((picked) => {
          if (picked !== undefined) resolve(picked);
        });
      })
      .catch(reject);
  });
  return found.finally(() => {
    ended.abort();
  });
}
