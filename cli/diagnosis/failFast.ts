import type { Observation } from "../observation.ts";
import { EnvironmentFailure, stateOf } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import { findingsIn } from "./findings.ts";
import { judge, type Since } from "./patience.ts";

/** Many objects change at once; one look at them all is enough. */
const lookAfter = 200;

export interface Waiting {
  observation: Observation;
  /** Ends the wait. */
  signal: AbortSignal;
  /** Seconds before nothing counts: what is there from before is still to be replaced. Default: `0`. */
  settles?: number;
}

/** Seconds in which an update gets to what there is from before, and is broken. */
const updateSettles = 45;

/** Does work that ends with its signal, which comes as soon as the environment is seen not to get ready. */
export async function whileHopeful<T>(
  { observation, signal, isUpdate }: { observation: Observation; signal: AbortSignal; isUpdate: boolean },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [hopeless, ended] = [new AbortController(), new AbortController()];
  const waiting = untilHopeless({
    ...{ observation, signal: ended.signal, settles: isUpdate ? updateSettles : 0 },
  }).then((failure) => {
    if (failure !== undefined) hopeless.abort(failure);
  });
  try {
    return await work(AbortSignal.any([signal, hopeless.signal]));
  } finally {
    ended.abort();
    await waiting;
  }
}

/** Waits until the environment is seen not to get ready. @returns why, or nothing once the signal comes. */
export function untilHopeless({
  observation,
  signal,
  settles = 0,
}: Waiting): Promise<EnvironmentFailure | undefined> {
  const begins = Date.now() + settles * 1000;
  let since: Since = new Map();
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const end = (failure?: EnvironmentFailure) => {
      clearTimeout(timer);
      observation.leave(listener);
      resolve(failure);
    };
    const look = () => {
      timer = undefined;
      const findings = findingsIn(stateOf(observation));
      const judged = judge(since, findings, Date.now(), begins);
      since = judged.since;
      const root = judged.hopeless[0];
      if (root !== undefined) end(new EnvironmentFailure([root, ...withOthers(root, findings)]));
      else if (judged.due !== undefined) lookIn(judged.due - Date.now());
    };
    const lookIn = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(look, Math.max(0, ms)).unref();
    };
    let isSoon = false;
    const listener = {
      changed: () => {
        if (isSoon) return;
        isSoon = true;
        clearTimeout(timer);
        timer = setTimeout(() => {
          isSoon = false;
          look();
        }, lookAfter).unref();
      },
    };
    signal.addEventListener("abort", () => {
      end();
    });
    observation.listen(listener);
    listener.changed();
  });
}

function withOthers(root: Finding, findings: Finding[]): Finding[] {
  return findings.filter((finding) => finding !== root);
}
