import type { V1NetworkPolicy } from "#bundled/kubernetes";
import { nameLabel } from "../../../components/model/index.ts";

/** The services that each service may call, as the network policies of the environment say. */
export type Uses = ReadonlyMap<string, string[]>;

/** The service graph, read back from the policies that were made from it. */
export function usesOf(policies: V1NetworkPolicy[]): Uses {
  const uses = new Map<string, string[]>();
  for (const { spec } of policies) {
    const from = spec?.podSelector?.matchLabels?.[nameLabel];
    if (from === undefined) continue;
    const peers = (spec?.egress ?? []).flatMap(({ to = [] }) => to);
    const names = peers.filter(({ namespaceSelector }) => namespaceSelector === undefined);
    const called = names.flatMap(({ podSelector }) => podSelector?.matchLabels?.[nameLabel] ?? []);
    uses.set(from, [...(uses.get(from) ?? []), ...called]);
  }
  return uses;
}

/** All that a service needs, directly or not, in no particular order and without itself. */
export function neededBy(service: string, uses: Uses): Set<string> {
  const needed = new Set<string>();
  const visit = (name: string) => {
    for (const next of uses.get(name) ?? []) {
      if (needed.has(next) || next === service) continue;
      needed.add(next);
      visit(next);
    }
  };
  visit(service);
  return needed;
}

/**
 * Puts what is used before what uses it; of those that do not use each other, by rank, then by name. What the graph does
 * not have, such as the readiness Job, comes last.
 */
export function inGraphOrder<T>(
  items: T[],
  serviceOf: (item: T) => string,
  uses: Uses,
  rank: (service: string) => number = () => 0,
): T[] {
  const names = [...new Set(items.map(serviceOf))].sort();
  const ranked = names.toSorted((a, b) => compare(rank(a), rank(b)));
  const known = [...ranked.filter((name) => uses.has(name)), ...ranked.filter((name) => !uses.has(name))];
  const waiting = new Map(known.map((name) => [name, neededBy(name, uses)]));
  const order: string[] = [];
  while (waiting.size > 0) {
    const isNext = ([name, needed]: [string, Set<string>]) =>
      [...waiting].every(([other, itsNeeds]) => !needed.has(other) || itsNeeds.has(name));
    const next = [...waiting].find(isNext)?.[0] ?? "";
    order.push(next);
    waiting.delete(next);
  }
  return items.toSorted((a, b) => order.indexOf(serviceOf(a)) - order.indexOf(serviceOf(b)));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
