import { setTimeout as sleep } from "node:timers/promises";
import type { Work } from "../../local/work.ts";
import type { Observation } from "../observation.ts";
import type { CauseId } from "./causes.ts";
import { EnvironmentFailure, stateOf } from "./diagnosis.ts";
import type { EnvironmentState } from "./environmentState.ts";
import type { Finding } from "./finding.ts";
import { findingsIn } from "./findings.ts";
import { judge, type Since } from "./patience.ts";
import { neededBy, usesOf } from "./serviceOrder.ts";

/** Many objects change at once; one look at them all is enough. */
const lookAfter = 200;

export interface Waiting {
  observation: Observation;
  /** Ends the wait. */
  signal: AbortSignal;
  /** Seconds before nothing counts: what is there from before is still to be replaced. Default: `0`. */
  settles?: number;
  /** What is looked at. Default: the whole environment. */
  part?: (state: EnvironmentState) => EnvironmentState;
  /** Seconds that findings of these causes may last. Default: their own. */
  patience?: Partial<Record<CauseId, number>>;
}

/** Seconds in which an update gets to what there is from before, and is broken. */
const updateSettles = 45;

/** Does work that ends with its signal, which comes as soon as the environment is seen not to get ready. */
export async function whileHopeful<T>(
  { observation, signal, progress, isUpdate }: Work & { observation: Observation; isUpdate: boolean },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [hopeless, ended] = [new AbortController(), new AbortController()];
  const waiting = untilHopeless({
    ...{ observation, signal: ended.signal, settles: isUpdate ? updateSettles : 0 },
  }).then((failure) => {
    if (failure === undefined) return;
    progress("the environment will not get ready: Pulumi is interrupted");
    hopeless.abort(failure);
  });
  try {
    return await work(AbortSignal.any([signal, hopeless.signal]));
  } finally {
    ended.abort();
    await waiting;
  }
}

/** Waits until the environment is seen not to get ready. @returns why, or nothing once the signal comes. */
export async function untilHopeless({
  observation,
  signal,
  settles = 0,
  part = (state) => state,
  patience = {},
}: Waiting): Promise<EnvironmentFailure | undefined> {
  const begins = Date.now() + settles * 1000;
  let since: Since = new Map();
  do {
    await observation.settled();
    const state = part(stateOf(observation));
    const findings = findingsIn(state).map((finding) => ({
      ...finding,
      ...(finding.cause in patience && { patience: patience[finding.cause] }),
    }));
    const judged = judge(since, findings, Date.now(), begins);
    since = judged.since;
    const [root] = judged.hopeless;
    if (root !== undefined) return lookedAt(root, { ...state, looks: await observation.looksAt(state) });
    await changeOr(judged.due, observation, signal);
  } while (!signal.aborted);
  return undefined;
}

/** The failure, once the pods themselves were asked: one that a finding comes from may only then be known. */
function lookedAt(known: Finding, state: EnvironmentState): EnvironmentFailure {
  const findings = findingsIn(state);
  const needed = neededBy(known.service, usesOf(state.networkPolicies));
  const isKnown = ({ service, cause }: Finding) => service === known.service && cause === known.cause;
  // What cannot come from another service does not come from one that is merely still starting.
  const isBehind = ({ service, cause }: Finding) =>
    needed.has(service) && (known.stems !== undefined || cause !== "slow");
  const root = findings.find(isBehind) ?? findings.find(isKnown) ?? known;
  return new EnvironmentFailure([root, ...findings.filter((finding) => finding !== root)]);
}

/** The longest that a timer can wait. */
const forever = 2 ** 31 - 1;

/** Waits for a change and those that come with it, or for a moment, or for the signal. */
async function changeOr(
  due: number | undefined,
  observation: Observation,
  signal: AbortSignal,
): Promise<void> {
  const change = new AbortController();
  const listener = {
    changed: () => {
      change.abort();
    },
  };
  observation.listen(listener);
  await slept(due === undefined ? forever : due - Date.now(), AbortSignal.any([signal, change.signal]));
  observation.leave(listener);
  await slept(lookAfter, signal);
}

async function slept(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal, ref: false }).catch(() => undefined);
}
