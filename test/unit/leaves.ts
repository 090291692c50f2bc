/** Keys from the top of a thing to one of its values. */
export type Place = (string | number)[];

/** All places in a thing that have no others within them; of what is empty, its own. */
export function leavesOf(thing: unknown, place: Place = []): Place[] {
  if (typeof thing !== "object" || thing === null) return [place];
  const entries = Object.entries(thing);
  if (entries.length === 0) return [place];
  return entries.flatMap(([key, value]) =>
    leavesOf(value, [...place, Array.isArray(thing) ? Number(key) : key]),
  );
}

/** A copy of a thing with another value in one place. */
export function mutated<T>(thing: T, place: Place): T {
  return put(thing, place, otherThan(place.reduce<unknown>((part, key) => (part as Fields)[key], thing)));
}

type Fields = Record<string | number, unknown>;

/** A copy of a thing with this value in a place of it. */
export function put<T>(thing: T, place: Place, value: unknown): T {
  const copy = structuredClone(thing);
  const within = place.slice(0, -1).reduce<unknown>((part, key) => (part as Fields)[key], copy);
  (within as Fields)[place.at(-1) ?? ""] = value;
  return copy;
}

function otherThan(value: unknown): unknown {
  if (typeof value === "string") return `${value}x`;
  // Of one that is large, one more is the same number.
  if (typeof value === "number") return value === value + 1 ? 0 : value + 1;
  if (typeof value === "boolean") return !value;
  return "something";
}
