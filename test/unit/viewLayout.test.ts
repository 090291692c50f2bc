import { Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { block, type Terminal } from "../../cli/view/block.ts";
import { steps, type Marks } from "../../cli/view/pods.ts";
import { isLive } from "../../cli/view/screen.ts";
import type { ServiceState } from "../../cli/view/services.ts";
import { timelineOf, timelineTable } from "../../cli/view/timeline.ts";
import "./seed.ts";

beforeEach(() => {
  vi.stubEnv("FORCE_COLOR", undefined);
  vi.stubEnv("NO_COLOR", "1");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const terminal = (columns: number, rows: number): Terminal =>
  Object.assign(new Writable(), {
    isTTY: true,
    columns,
    rows,
    // Of all variables only this one: Node also looks at CI and many more.
    getColorDepth: () =>
      WriteStream.prototype.getColorDepth({ TERM: "xterm", NO_COLOR: process.env.NO_COLOR }),
  });

const state = (
  name: string,
  kind: ServiceState["phase"]["kind"],
  text: string,
  marks: Marks = {},
): ServiceState => ({
  ...{ name, isJob: false, phase: { kind, text }, marks },
  step: steps.findLast((step) => step in marks) ?? "created",
});
const some = [
  state("catalogue-db", "ready", "ready", { created: 1, scheduled: 1, pulled: 2, started: 3, ready: 4.5 }),
  state("deals", "wrong", "ImagePullBackOff", { created: 1.5, scheduled: 2 }),
  state("cart", "over", "gone"),
];
const lines = (services: ServiceState[], on: Terminal) =>
  block({ stage: "deploy", seconds: 12.34, services }, on);
const kinds = ["busy", "ready", "wrong", "over"] as const;
const anyServices = fc
  .array(fc.record({ kind: fc.constantFrom(...kinds), text: fc.string({ unit: "binary" }) }), {
    maxLength: 20,
  })
  .map((all) => all.map(({ kind, text }, index) => state(`service-${String(index)}`, kind, text)));

describe("the block below the progress lines", () => {
  it("has a line for the stage and one for each service", () => {
    expect(lines(some, terminal(80, 24))).toEqual([
      "  12.3s  deploy  1 of 2 ready",
      "         catalogue-db  #####     3.5s  ready",
      "         deals         ##...    10.8s  ImagePullBackOff",
      "         cart          #....           gone",
    ]);
  });

  it("says of what it has no room for how much it is, the ready first", () => {
    expect(lines(some, terminal(30, 4))).toEqual([
      "  12.3s  deploy  1 of 2 ready",
      "         deals  ##...    10.8s",
      "         and 2 more, 1 of them",
    ]);
  });

  it("fits the terminal, has one line for each row and shows nobody ready in the place of one who is not", () => {
    fc.assert(
      fc.property(
        anyServices,
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 2, max: 30 }),
        (all, columns, rows) => {
          const drawn = lines(all, terminal(columns, rows)).map(stripVTControlCharacters);
          expect(drawn.length).toBeLessThan(rows);
          expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(columns);
          expect(drawn.join("")).not.toMatch(/\p{C}/u);
          const isShown = ({ name }: ServiceState) => drawn.some((line) => line.includes(` ${name} `));
          if (columns < 40 || all.every(isShown)) return;
          expect(drawn.at(-1)).toMatch(rows === 2 ? /^ +12.3s/ : /^ +and \d+ more, \d+ of them ready$/);
          const isReady = ({ phase }: ServiceState) => phase.kind === "ready";
          if (!all.every(isReady)) expect(all.filter(isReady).filter(isShown)).toEqual([]);
        },
      ),
    );
  });

  it("has colours, unless NO_COLOR is set", () => {
    vi.stubEnv("NO_COLOR", undefined);
    const coloured = lines(some, terminal(80, 24));
    vi.stubEnv("NO_COLOR", "1");
    const plain = lines(some, terminal(80, 24));
    expect(coloured.join("")).toContain("\u001b[31m");
    expect(plain.join("")).not.toContain("\u001b");
    expect(coloured.map(stripVTControlCharacters)).toEqual(plain);
  });
});

describe("the live view", () => {
  const size = { isTTY: true, columns: 80, rows: 24 };

  it.each<[string, boolean, Parameters<typeof isLive>]>([
    ["at a terminal", true, [size, { TERM: "xterm" }]],
    ["where CI is false", true, [size, { CI: "false" }]],
    ["in CI", false, [size, { CI: "true" }]],
    ["in a pipe", false, [{}, {}]],
    ["at a dumb terminal", false, [size, { TERM: "dumb" }]],
    ["at a terminal of unknown size", false, [{ isTTY: true, columns: 0, rows: 0 }, {}]],
  ])("%s: %s", (_where, expected, [stream, env]) => {
    expect(isLive(stream, env)).toBe(expected);
  });
});

describe("the timeline", () => {
  const late = state("cart-db", "ready", "ready", { created: 10, ready: 12.25 });

  it("is an aligned table in the order of readiness, with the columns that have values", () => {
    const ended = state("worker", "over", "gone", { removed: 3 });
    expect(timelineTable(timelineOf([late, ended, ...some.slice(0, 1)]))).toEqual([
      "seconds until  created  scheduled  pulled  started  ready  removed",
      "catalogue-db       1.0        1.0     2.0      3.0    4.5        -",
      "cart-db           10.0          -       -        -   12.3        -",
      "worker               -          -       -        -      -      3.0",
    ]);
    expect(timelineTable(timelineOf([late]))[0]).toBe("seconds until  created  ready");
  });

  it("is empty where nothing was seen", () => {
    expect(timelineTable(timelineOf([state("cart", "ready", "ready")]))).toEqual([]);
  });

  it("as data is the marks by name", () => {
    expect(timelineOf([late])).toEqual({ "cart-db": { created: 10, ready: 12.25 } });
  });
});
