import { z } from "zod";

const state = z.object({ custom: z.boolean().optional() }).nullish();

const step = z.object({
  metadata: z.object({
    op: z.string(),
    urn: z.string(),
    type: z.string(),
    old: state,
    new: state,
    /** By the paths of the properties that change. */
    detailedDiff: z.record(z.string(), z.unknown()).nullish(),
  }),
});

const engineEvent = z.object({
  /** An object begins. */
  resourcePreEvent: step.optional(),
  /** An object is done. */
  resOutputsEvent: step.optional(),
  diagnosticEvent: z
    .object({ urn: z.string().optional(), message: z.string(), severity: z.string() })
    .optional(),
});

/** What the engine says of an operation, of which only that is kept that anybody asks for. */
export type EngineEvent = z.infer<typeof engineEvent>;

/** Operations that the engine tells of in events, one for each line. */
const operations = ["up", "destroy", "refresh", "preview"];

/** The flag with which the Pulumi CLI prints events; none where it has none to print. */
export function eventsFlag([command = ""]: string[]): string[] {
  return operations.includes(command) ? ["--json"] : [];
}

/** The event of a line; nothing where it is none. */
export function eventIn(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return engineEvent.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The error that an event tells of, in all its lines; nothing where it tells of none, or only that there were some. */
export function errorIn({ diagnosticEvent }: EngineEvent): { urn: string; message: string } | undefined {
  const { urn = "", message = "", severity } = diagnosticEvent ?? {};
  const text = message.trim();
  if (severity !== "error" || text === "" || /^(update|destroy|refresh|preview) failed$/.test(text))
    return undefined;
  return { urn, message: text };
}

/** Why something failed, in one line: the first, or the first of several reasons that it only counts. */
export function reasonIn(message: string): string {
  return linesOf(message)[0] ?? message;
}

/** The lines of an error, without one that only counts the others. */
export function linesOf(message: string): string[] {
  const lines = message.split("\n").map((line) => line.trimEnd());
  const [first = "", ...others] = lines.filter((line) => line !== "");
  if (others.length === 0 || !/^\d+ errors? occurred:$/.test(first)) return [first, ...others];
  return others.map((line) => line.replace(/^\s*(\*|\d+\)) /, ""));
}
