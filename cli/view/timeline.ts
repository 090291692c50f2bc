import { aligned } from "../text/table.ts";
import { steps, type Marks } from "./pods.ts";
import type { ServiceState } from "./services.ts";

/** What was seen of each service and Job, in the order in which they were ready, then removed. */
export type Timeline = Record<string, Marks>;

export function timelineOf(services: ServiceState[]): Timeline {
  const seen = services.filter(({ marks }) => Object.keys(marks).length > 0);
  const end = ({ marks }: ServiceState) => [marks.ready ?? Infinity, marks.removed ?? Infinity];
  const sorted = seen.sort((a, b) => {
    const [[aReady = 0, aRemoved = 0], [bReady = 0, bRemoved = 0]] = [end(a), end(b)];
    return aReady === bReady ? compare(aRemoved, bRemoved) : compare(aReady, bReady);
  });
  return Object.fromEntries(sorted.map(({ name, marks }) => [name, marks]));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** The timeline as an aligned table, with the columns that have a value; nothing where nothing was seen. */
export function timelineTable(timeline: Timeline): string[] {
  const rows = Object.entries(timeline);
  if (rows.length === 0) return [];
  const columns = steps.filter((step) => rows.some(([, marks]) => marks[step] !== undefined));
  const cells = rows.map(([name, marks]) => [name, ...columns.map((step) => marks[step]?.toFixed(1) ?? "-")]);
  return aligned([["seconds until", ...columns], ...cells], (column) => column > 0);
}
