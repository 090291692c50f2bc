import { closestMatch } from "leven";

/** What to say about a name that is unknown: the known one that looks like it, else all known ones. */
export function suggestion(name: string, known: string[]): string {
  const similar = closestMatch(name, known, { maxDistance: Math.floor(name.length / 3) });
  if (similar !== undefined) return `did you mean ${similar}?`;
  return `known are ${known.toSorted().join(", ") || "none"}`;
}
