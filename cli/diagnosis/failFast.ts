import { setTimeout as sleep } from "node:timers/promises";
import type { Work } from "../../foundation/work.ts";
import type { Observation } from "../kubernetes/observation.ts";
import type { CauseId } from "./rules/causes.ts";
import { EnvironmentFailure, stateOf } from "./diagnosis.ts";
import type { EnvironmentState } from "../kubernetes/environmentState.ts";
import type { Finding } from "./rules/finding.ts";
import { findingsIn } from "./findings.ts";
import { beforeAlone } from "./rules/before.ts";
import { isGate } from "./rules/job.ts";
import { judge, type Since } from "./patience.ts";
import { neededBy, usesOf } from "./rules/serviceOrder.ts";

/** Many objects change at once; one look at them all is enough. */
const lookAfter = 200;

export interface Waiting {
  observation: Observation;
  /** Ends the wait. */
  signal: AbortSignal;
  /**
   * Whether what is seen counts by now: of an update, what is there from before is still to be replaced, and only what runs
   * before services counts. Default: it does.
   */
  counts?: (state: EnvironmentState) => boolean;
  /** What is looked at. Default: the whole environment. */
  part?: (state: EnvironmentState) => EnvironmentState;
  /** Seconds that findings of these causes may last. Default: their own. */
  patience?: Partial<Record<CauseId, number>>;
}

/** Seconds in which an update that has begun with its readiness Job gets to all that there is from before. */
const updateSettles = 10;

interface Hopeful {
  observation: Observation;
  /** Whether there was an environment before. */
  isUpdate: boolean;
  /** UID of its readiness Job. */
  gate?: string | undefined;
}

/** Whether an update has reached what there is from before: some seconds after its readiness Job took the place of that one. */
function reached(gate: string | undefined): (state: EnvironmentState) => boolean {
  let since: number | undefined;
  return ({ jobs }) => {
    if (jobs.some((job) => isGate(job) && job.metadata?.uid !== gate)) since ??= Date.now();
    return since !== undefined && Date.now() - since >= updateSettles * 1000;
  };
}

/** Does work that ends with its signal, which comes as soon as the environment is seen not to get ready. */
export async function failFast<T>(
  { observation, signal, progress, isUpdate, gate }: Work & Hopeful,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [hopeless, ended] = [new AbortController(), new AbortController()];
  const waiting = untilHopeless({
    ...{ observation, signal: ended.signal, ...(isUpdate && { counts: reached(gate) }) },
  }).then((failure) => {
    if (failure === undefined) return;
    progress("the environment will not become ready: interrupting Pulumi");
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
  counts = () => true,
  part = (state) => state,
  patience = {},
}: Waiting): Promise<EnvironmentFailure | undefined> {
  let since: Since = new Map();
  do {
    await observation.settled();
    const whole = part(stateOf(observation));
    const isWhole = counts(whole);
    const state = isWhole ? whole : beforeAlone(whole);
    const findings = findingsIn(state).map((finding) => ({
      ...finding,
      ...(finding.cause in patience && { patience: patience[finding.cause] }),
    }));
    const judged = judge(since, findings, Date.now());
    since = judged.since;
    const [root] = judged.hopeless;
    if (root !== undefined) return lookedAt(root, { ...state, looks: await observation.looksAt(state) });
    const soon = isWhole ? Infinity : Date.now() + 1000;
    const due = Math.min(judged.due ?? Infinity, soon);
    await changeOr(due === Infinity ? undefined : due, observation, signal);
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
    needed.has(service) && (known.follows !== undefined || !["slow", "node-gone"].includes(cause));
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
