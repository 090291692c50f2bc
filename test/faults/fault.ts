import fc from "fast-check";

/** How a run is stopped; the last is what GitHub does to a cancelled job. */
export const strokes = ["SIGINT", "SIGTERM", "SIGKILL", "SIGINT, then SIGTERM"] as const;
export type Stroke = (typeof strokes)[number];

/** One way to stop a run, and what is done about it. */
export interface Fault {
  /** The run that is stopped: of an environment that is made, or one that is removed. */
  operation: "up" | "down";
  /** Who runs it: plain Pulumi as pipelines do, or dynenv. */
  program: "pulumi" | "dynenv";
  stroke: Stroke;
  /**
   * The event of a create or delete that is waited for: the how-many-th, begins and ends counted alike, 0 being the
   * run's begin; or the first that is called so.
   */
  event: number | string;
  /** How long after the event, in milliseconds. */
  delay: number;
  /** What follows, which must end well. */
  next: "up" | "down";
}

/** Where the namespace is there for the cluster, and not yet for the state. */
export const namespaceCreate = "create Namespace began";

/** Events that a run of the example environment has, at least. */
export const events = { up: 84, down: 50 };

/**
 * Faults of all kinds, the same for the same seed. More of them hit the begin of a run, where the namespace is created,
 * and more are deadly, since these are the ones that leave something behind.
 */
export function faults(count: number, seed: number): Fault[] {
  const fault = fc.constantFrom("up" as const, "up" as const, "down" as const).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      program: fc.constantFrom("pulumi" as const, "dynenv" as const),
      stroke: fc.constantFrom<Stroke>("SIGKILL", ...strokes),
      event: fc.oneof(
        { weight: operation === "up" ? 2 : 0, arbitrary: fc.constant(namespaceCreate) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: events[operation] }) },
      ),
      delay: fc.constantFrom(0, 0, 5, 30, 200),
      next: fc.constantFrom("up" as const, "down" as const),
    }),
  );
  return fc.sample(fault, { numRuns: count, seed });
}

/**
 * Every event of a run, and every way to stop it there; what is stopped, and what follows, takes turns.
 * @param every one in so many of these, the same for the same seed.
 */
export function grid(every: number, seed: number): Fault[] {
  const all = wholeGrid();
  const length = Math.ceil(all.length / every);
  const [some = []] = fc.sample(fc.shuffledSubarray(all, { minLength: length, maxLength: length }), {
    numRuns: 1,
    seed,
  });
  return some;
}

function wholeGrid(): Fault[] {
  return (["up", "down"] as const).flatMap((operation) =>
    Array.from({ length: events[operation] + 1 }, (_, event) => event).flatMap((event) =>
      strokes.map((stroke, index): Fault => {
        const turn = event + index;
        return {
          ...{ operation, stroke, event, delay: turn % 3 === 0 ? 20 : 0 },
          program: turn % 2 === 0 ? "pulumi" : "dynenv",
          next: turn % 4 < 2 ? "up" : "down",
        };
      }),
    ),
  );
}

export function described({ operation, program, stroke, event, delay, next }: Fault): string {
  return `${program} ${operation}, ${stroke} ${String(delay)} ms after event ${JSON.stringify(event)}, then dynenv ${next}`;
}
