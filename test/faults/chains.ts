import type { Fault } from "./fault.ts";

/** Faults that one environment goes through, one after the other. */
export type Chain = Fault[];

/**
 * Puts faults into chains, so that few environments are made only to be removed: one whose making was stopped and then
 * completed is there for runs whose removal is stopped. Every fault is in one chain; none begins with another environment than it
 * would find alone.
 */
export function chains(faults: Fault[]): Chain[] {
  const [made, other] = partition(faults, ({ operation, next }) => operation === "up" && next === "up");
  const [removals, alone] = partition(other, ({ operation }) => operation === "down");
  const [last, staying] = partition(removals, ({ next }) => next === "down");
  const begun: Chain[] = made.length > 0 ? made.map((fault) => [fault]) : removals.length > 0 ? [[]] : [];
  for (const [index, fault] of staying.entries()) begun[index % begun.length]?.push(fault);
  // What ends with nothing can only end a chain; where there are more of these than chains, they begin their own.
  for (const [index, fault] of last.entries()) {
    const chain = begun[index];
    if (chain === undefined) begun.push([fault]);
    else chain.push(fault);
  }
  return [...begun.filter(({ length }) => length > 0), ...alone.map((fault) => [fault])];
}

function partition<T>(items: T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
