import { isDeepStrictEqual } from "node:util";

/** One place in which two things are not the same. A value that is absent is not there. */
export interface Difference {
  /** Where, such as `spec.template.spec.containers[web].env[DEBUG]`. */
  path: string;
  from?: unknown;
  to?: unknown;
}

/** What does not count as a difference. */
export interface Leniency {
  /** Whether two values at a place say the same. @param keys of the place, from the top. */
  isSame: (from: unknown, to: unknown, keys: string[]) => boolean;
  /** Whether what the second alone has at a place is left out. */
  mayHaveMore: (keys: string[]) => boolean;
}

const none: Leniency = { isSame: () => false, mayHaveMore: () => false };

/** All places in which two things differ. Items of lists go by their names where all of them have one, else by their place. */
export function differences(from: unknown, to: unknown, leniency = none, keys: Key[] = []): Difference[] {
  const place = keys.map(({ key }) => key);
  if (isDeepStrictEqual(from, to) || leniency.isSame(from, to, place)) return [];
  const [one, other] = [partsOf(from, to), partsOf(to, from)];
  if (one?.isList !== other?.isList || one === undefined || other === undefined)
    return [{ path: pathOf(keys), ...present("from", from), ...present("to", to) }];
  const all = [...new Set([...one.parts.keys(), ...other.parts.keys()])].filter(
    (key) => one.isList || one.parts.has(key) || !leniency.mayHaveMore([...place, key]),
  );
  const within = all.flatMap((key) =>
    differences(one.parts.get(key), other.parts.get(key), leniency, [...keys, { key, isItem: one.isList }]),
  );
  return within.length > 0 || !one.isList ? within : reordered(one, other, keys);
}

interface Key {
  key: string;
  /** Whether it is one of an item of a list. */
  isItem: boolean;
}

interface Parts {
  parts: Map<string, unknown>;
  isList: boolean;
}

/** Fields of an object, or items of a list; nothing of any other value. */
function partsOf(value: unknown, other: unknown): Parts | undefined {
  if (Array.isArray(value)) {
    const byName = namesIn(value) ?? [];
    const isNamed = namesIn(value) !== undefined && (!Array.isArray(other) || namesIn(other) !== undefined);
    const entries = value.map(
      (item, index) => [isNamed ? (byName[index] ?? "") : String(index), item] as const,
    );
    return { parts: new Map<string, unknown>(entries), isList: true };
  }
  if (typeof value !== "object" || value === null) return undefined;
  return { parts: new Map(Object.entries(value)), isList: false };
}

/** Names of the items of a list; nothing unless each has one of its own. */
function namesIn(list: unknown[]): string[] | undefined {
  const names = list.map((item) => (item as { name?: unknown } | null)?.name);
  const isNamed = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
  return isNamed ? names : undefined;
}

/** The order of what is in both counts, too: of containers that begin one after the other, or of variables. */
function reordered(one: Parts, other: Parts, keys: Key[]): Difference[] {
  const [from, to] = [[...one.parts.keys()], [...other.parts.keys()]];
  return isDeepStrictEqual(from, to) ? [] : [{ path: pathOf(keys), from, to }];
}

function present(side: "from" | "to", value: unknown): Partial<Difference> {
  return value === undefined ? {} : { [side]: value };
}

function pathOf(keys: Key[]): string {
  return keys.reduce((path, { key, isItem }) => {
    if (isItem) return `${path}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path === "" ? key : `${path}.${key}`;
  }, "");
}
