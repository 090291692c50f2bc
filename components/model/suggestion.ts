import { closestMatch } from "leven";

/** What to say about a name that is unknown: the known one that looks like it, else all known ones. */
export function suggestion(name: string, known: string[]): string {
  // One letter of three or fewer says nothing.
  const maxDistance = name.length < 4 ? 0 : Math.ceil(name.length / 3);
  const similar = closestMatch(name, known, { maxDistance });
  if (similar !== undefined) return `did you mean ${similar}?`;
  return `known are ${known.toSorted().join(", ") || "none"}`;
}
