import { closestMatch } from "leven";
import { named } from "./shown.ts";

/** What to say about a name that is unknown: the known one that looks like it, else all known ones. */
export function suggestion(name: string, known: string[]): string {
  // One letter of three or fewer says nothing.
  const maxDistance = name.length < 4 ? 0 : Math.ceil(name.length / 3);
  const similar = closestMatch(name, known, { maxDistance });
  if (similar !== undefined) return `did you mean ${named(similar)}?`;
  return `known are ${listed(known)}`;
}

const most = 40;

/** Names as a message lists them: sorted, and not more than people read. */
export function listed(known: string[]): string {
  const names = known.toSorted().slice(0, most).map(named);
  const more = known.length > most ? [`and ${String(known.length - most)} more`] : [];
  return [...names, ...more].join(", ") || "none";
}
