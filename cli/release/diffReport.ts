import type { Drifted } from "./diffDrift.ts";
import type { ExplainedDifference, ObjectDifference } from "./diffObjects.ts";
import type { Difference } from "./diffPaths.ts";
import type { Side } from "./diffSides.ts";

/** What is told of one side. */
export interface SideFacts {
  name: string;
  kind: Side["kind"];
  /** Version of its release; absent where it runs none. */
  release?: string;
  commit: string;
  /** When a stack was last deployed, as ISO 8601 says it. */
  deployed?: string;
}

/** What a stack is against its cluster. */
export interface DriftFacts {
  stack: string;
  /** The context by which its cluster was reached, and that one's version; absent: it was not compared. */
  cluster?: { context: string; version: string };
  /** What could not be compared, in words. */
  notes: string[];
  objects: Drifted[];
}

/** All differences. What is absent was not compared; notes say why. */
export interface DiffReport {
  sides: SideFacts[];
  images?: Difference[];
  graph?: Difference[];
  settings?: Difference[];
  objects?: ExplainedDifference[];
  drift: DriftFacts[];
  notes: string[];
}

export function factsOf(side: Side): SideFacts {
  const { name, kind, lock } = side;
  const release = lock === undefined ? {} : { release: lock.version };
  if (side.kind === "release") return { name, kind, ...release, commit: side.lock.commit };
  return { name, kind, ...release, commit: side.commit, deployed: side.deployed };
}

/** Whether a cluster is not what it is to be. */
export function hasDrift({ drift }: DiffReport): boolean {
  return drift.some(({ objects }) => objects.length > 0);
}

/** A part of a report: its heading, and what is in it. */
export interface Section {
  title: string;
  /** Of what is compared of two sides: their names. */
  columns: [string, string];
  groups: Group[];
  /** In one line what there is, such as `2 differences`. */
  summary: string;
}

/** Differences of one thing, such as an object. */
export interface Group {
  title: string;
  rows: { path: string; from?: unknown; to?: unknown; why?: string }[];
}

/** The parts of a report, in the order in which they are told. */
export function sectionsOf({ sides, images, graph, settings, objects, drift }: DiffReport): Section[] {
  const [from = "", to = ""] = sides.map(({ name }) => name);
  const columns: [string, string] = [from, to];
  const flat = (title: string, rows: Difference[] | undefined): Section[] =>
    rows === undefined
      ? []
      : [{ title, columns, groups: rows.length === 0 ? [] : [{ title: "", rows }], summary: counted(rows) }];
  return [
    ...flat("Images", images),
    ...flat("Graph", graph),
    ...flat("Settings", settings),
    ...(objects === undefined
      ? []
      : [{ title: "Objects", columns, groups: groupsOf(objects), summary: reasonsIn(objects) }]),
    ...drift.flatMap(driftSection),
  ];
}

function driftSection({ stack, cluster, objects }: DriftFacts): Section[] {
  if (cluster === undefined) return [];
  const groups = objects.map(({ object, what, differences }) => ({
    title: what === "changed" ? object : `${object} ${phrases[what]}`,
    rows: differences,
  }));
  const title = `Drift of ${stack}`;
  const summary =
    objects.length === 0 ? "none" : `${String(objects.length)} ${plural("object", objects.length)}`;
  return [{ title, columns: ["expected", "in the cluster"], groups, summary }];
}

const phrases = { missing: "is missing", unexpected: "is not the program's any more" };

function groupsOf(objects: ExplainedDifference[]): Group[] {
  const grouped = Map.groupBy(objects, ({ object }) => object);
  return [...grouped].map(([title, all]) => ({
    title,
    rows: all.map((one) => ({
      ...valuesOf(one),
      path: one.path === "" ? "all of it" : one.path,
      why: one.reason,
    })),
  }));
}

/** Of an object that one side alone has, only that it is there. */
function valuesOf(one: ObjectDifference): Pick<Difference, "from" | "to"> {
  const told = (side: "from" | "to") =>
    side in one ? { [side]: one.path === "" ? "there" : one[side] } : {};
  return { ...told("from"), ...told("to") };
}

function counted(all: unknown[]): string {
  return all.length === 0 ? "the same" : `${String(all.length)} ${plural("difference", all.length)}`;
}

function reasonsIn(objects: ExplainedDifference[]): string {
  if (objects.length === 0) return counted(objects);
  const reasons = (["settings", "release", "unknown"] as const).flatMap((reason) => {
    const count = objects.filter((one) => one.reason === reason).length;
    return count === 0 ? [] : [`${String(count)} ${reasonWords[reason]}`];
  });
  return `${counted(objects)}: ${reasons.join(", ")}`;
}

const reasonWords = { settings: "by settings", release: "by the release", unknown: "by either" };

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}
