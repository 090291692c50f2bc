import { Failure } from "../../foundation/failure.ts";
import { ForeignStack } from "../environment/stackContent.ts";
import type { Progress } from "../../foundation/work.ts";
import { judgeAll, type Judged } from "./fleet.ts";
import { judge, Verdict, type Environment, type View } from "./verdict.ts";

export interface Limits {
  /** How many environments one sweep tries to remove. */
  max: number;
  /** Whether to remove environments even if suspiciously many lost their branch or namespace at once. */
  allowDrop: boolean;
}

/** What a sweep is going to do. */
export interface Plan {
  chosen: Judged[];
  /** Due, but more than one sweep may remove. */
  later: Judged[];
  /** Due, but kept since too many lost their branch or their namespace at once. */
  held: Judged[];
}

/** Chooses what to remove: what is longest over first, then what lost its branch. */
export function planSweep(judged: Judged[], { max, allowDrop }: Limits): Plan {
  const drops = allowDrop ? [] : bigDrops(judged);
  const due = judged.filter(({ isDue }) => isDue);
  const isHeld = ({ verdict }: Judged) => drops.includes(verdict);
  const free = due.filter((one) => !isHeld(one)).sort(bySpan);
  return { chosen: free.slice(0, max), later: free.slice(max), held: due.filter(isHeld) };
}

function bySpan(a: Judged, b: Judged): number {
  const end = ({ span }: Judged) => span?.expires.getTime() ?? Infinity;
  return end(a) === end(b) ? 0 : end(a) - end(b);
}

const smallFleet = 4;

/**
 * Verdicts that are not to be trusted, since they hold for more than half of those that they could hold for: more likely
 * the wrong remote than that many merges, more likely the wrong cluster than that many namespaces lost.
 */
export function bigDrops(judged: Judged[]): Verdict[] {
  const asked = judged.filter(({ branch }) => branch !== "unknown");
  const stacks = judged.filter(({ environment }) => environment.hasStack);
  const gone = asked.filter(({ branch }) => branch === "gone");
  const empty = stacks.filter(({ environment }) => environment.namespace === undefined);
  const isMost = (part: Judged[], all: Judged[]) => all.length >= smallFleet && part.length > all.length / 2;
  return [
    ...(isMost(gone, asked) ? [Verdict.orphaned] : []),
    ...(isMost(empty, stacks) ? [Verdict.empty] : []),
  ];
}

/** How a sweep reaches the world. */
export interface SweepActions {
  /** Does work on an environment while nobody else of this machine does. */
  inTurn: <T>(environment: Environment, work: () => Promise<T>) => Promise<T>;
  /** Looks at one environment, the branches and the clock again. */
  look: (environment: Environment) => Promise<{ environment: Environment; view: View }>;
  /** @throws when it cannot be removed, or changed while it was waited for. */
  remove: (environment: Environment) => Promise<void>;
}

/** What became of one environment. */
export interface Outcome {
  judged: Judged;
  result: "removed" | "kept" | "failed";
  /** Why it was not removed. */
  reason?: string;
}

/** Removes what is chosen, one after the other; what fails keeps nothing else from it. */
export async function sweep(
  { chosen, later }: Plan,
  fleet: Environment[],
  limits: Limits,
  actions: SweepActions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let rest = fleet;
  const [queue, spare] = [[...chosen], later.slice(0, limits.max)];
  for (let judged = queue.shift(); judged !== undefined; judged = queue.shift()) {
    signal.throwIfAborted();
    const name = judged.environment.stack;
    const outcome = await removeOne(judged, rest, limits, actions);
    signal.throwIfAborted();
    outcomes.push(outcome);
    // What cannot be removed keeps no other from its turn.
    if (outcome.result !== "removed") queue.push(...spare.splice(0, 1));
    rest = rest.filter((environment) => environment !== judged.environment || outcome.result !== "removed");
    progress(`${name}: ${outcome.result}${outcome.reason === undefined ? "" : `, since ${outcome.reason}`}`);
  }
  return outcomes;
}

async function removeOne(
  judged: Judged,
  fleet: Environment[],
  limits: Limits,
  actions: SweepActions,
): Promise<Outcome> {
  try {
    return await actions.inTurn(judged.environment, async () => {
      const { environment, view } = await actions.look(judged.environment);
      const change = changeOf(judged, environment, view, fleet, limits);
      if (change !== undefined) return { judged, result: "kept", reason: change };
      await actions.remove(environment);
      return { judged, result: "removed" };
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { judged, result: isToStay(error) ? "kept" : "failed", reason: error.message };
  }
}

function isToStay(error: Error): boolean {
  return error instanceof ChangedMeanwhile || error instanceof ForeignStack;
}

/** What an environment was chosen for does not hold any more. */
export class ChangedMeanwhile extends Failure {
  constructor(reason: string) {
    super("broken", reason);
  }
}

/** Why an environment that was chosen is not to be removed any more; nothing where all is as it was. */
function changeOf(
  before: Judged,
  environment: Environment,
  view: View,
  fleet: Environment[],
  { allowDrop }: Limits,
): string | undefined {
  if (environment.namespace?.uid !== before.environment.namespace?.uid)
    return "its namespace is another one now";
  const after = judge(environment, view);
  if (after.verdict !== before.verdict || !after.isDue) return `it is ${after.verdict} now: ${after.reason}`;
  if (allowDrop || !bigDrops(judgeAll(fleet, view)).includes(after.verdict)) return undefined;
  return `more than half would be ${after.verdict} now`;
}
