import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { printable } from "../text/harmless.ts";
import { aligned } from "../text/table.ts";
import type { Phase } from "./phase.ts";
import { steps } from "./pods.ts";
import type { ServiceState } from "./services.ts";

/** The part of a terminal that a block of lines must fit, and that decides on colours. */
export type Terminal = Pick<WriteStream, "columns" | "rows"> & NodeJS.WritableStream;

/** What is seen of an environment at one moment. */
export interface Snapshot {
  /** The stage that is under way. */
  stage: string;
  /** Since the run's start. */
  seconds: number;
  services: ServiceState[];
}

/** What a line has in the place of its time. */
const noTime = " ".repeat(time(0).length);
const margin = `${noTime}  `;

const colours = { busy: [], ready: ["green"], wrong: ["red"], over: ["dim"] } as const;

/**
 * A line for the stage and one for each service: as many as the terminal has room for above the cursor. Those
 * that are ready are left out first.
 */
export function block({ stage, seconds, services }: Snapshot, terminal: Terminal): string[] {
  const present = services.filter(({ phase }) => phase.kind !== "over");
  const ready = `  ${String(present.filter(isReady).length)} of ${String(present.length)} ready`;
  // A message may hold anything, and a cut may go through a character.
  const fit = (text: string) =>
    printable(text).replace(/\p{C}/gu, "?").slice(0, terminal.columns).toWellFormed();
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, fit(text), { stream: terminal });
  const room = Math.max(0, terminal.rows - 2);
  const { shown, rest } = chosen(services, room);
  const rows = aligned(shown.map((service) => cells(service, seconds)));
  return [
    style("bold", `${time(seconds)}  ${stage}${present.length === 0 ? "" : ready}`),
    ...shown.map(({ phase }, index) => style([...colours[phase.kind]], `${margin}${rows[index] ?? ""}`)),
    ...(rest === "" ? [] : [fit(rest)]),
  ];
}

function isReady({ phase }: { phase: Phase }): boolean {
  return phase.kind === "ready";
}

function chosen(services: ServiceState[], room: number): { shown: ServiceState[]; rest: string } {
  if (services.length <= room) return { shown: services, rest: "" };
  const open = services.filter((service) => !isReady(service));
  const shown = (open.length > 0 ? open : services).slice(0, Math.max(0, room - 1));
  const rest = services.filter((service) => !shown.includes(service));
  const ready = rest.filter(isReady).length;
  const text = `${margin}and ${String(rest.length)} more, ${String(ready)} of them ready`;
  return { shown, rest: room === 0 ? "" : text };
}

function cells({ name, phase, step, marks }: ServiceState, seconds: number): string[] {
  const bar = "#"
    .repeat(steps.indexOf(step) + 1)
    .padEnd(5, ".")
    .slice(0, 5);
  // How long it took to be ready, or has taken until now.
  const until = marks.ready ?? marks.removed ?? seconds;
  const elapsed = marks.created === undefined ? noTime : time(until - marks.created);
  return [name, bar, elapsed, phase.text];
}

/** As the lines above the block begin. */
function time(seconds: number): string {
  return `${seconds.toFixed(1).padStart(6)}s`;
}
