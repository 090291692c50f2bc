import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeAll } from "../../cli/fleet/fleet.ts";
import {
  ChangedMeanwhile,
  bigDrops,
  planSweep,
  sweep,
  type SweepActions,
  type Limits,
  type Outcome,
} from "../../cli/fleet/sweep.ts";
import { judge, type Environment, type View } from "../../cli/fleet/verdict.ts";
import { Failure } from "../../foundation/failure.ts";
import { anyFleet, anyView, environmentOf, hoursAgo, view } from "./randomFleet.ts";
import "./seed.ts";

const limits: Limits = { max: 10, allowDrop: false };
const anyLimits = fc.record({ max: fc.integer({ min: 0, max: 12 }), allowDrop: fc.boolean() });
const over = (stack: string, hours = 100) => environmentOf(stack, { created: hoursAgo(hours) });
const orphan = (stack: string) => environmentOf(stack, { marks: { ref: "gone" } });
const empty = (stack: string): Environment => ({
  ...{ stack, hasStack: true, namespace: undefined },
  state: { marks: { project: view.project, ttl: "4h" }, updated: hoursAgo(5), context: view.context },
});
const live = (stack: string) => environmentOf(stack);
const stacksOf = (all: { environment: Environment }[]) => all.map(({ environment }) => environment.stack);
const planned = (fleet: Environment[], changes: Partial<Limits> = {}) => {
  const plan = planSweep(judgeAll(fleet, view), { ...limits, ...changes });
  return { chosen: stacksOf(plan.chosen), later: stacksOf(plan.later), held: stacksOf(plan.held) };
};

describe("the plan of a sweep", () => {
  it("takes first what is longest over, then what is orphaned, and no more than it may", () => {
    const fleet = [orphan("a"), live("b"), over("c", 30), over("d", 50), live("e")];
    expect(planned(fleet)).toEqual({ chosen: ["d", "c", "a"], later: [], held: [] });
    expect(planned(fleet, { max: 2 })).toEqual({ chosen: ["d", "c"], later: ["a"], held: [] });
    expect(planned(fleet, { max: 0 }).chosen).toEqual([]);
  });

  it("holds the orphaned when most branches went at once, unless that is right", () => {
    const fleet = [orphan("a"), orphan("b"), orphan("c"), live("d"), over("e")];
    expect(planned(fleet)).toEqual({ chosen: ["e"], later: [], held: ["a", "b", "c"] });
    expect(planned(fleet, { allowDrop: true })).toEqual({
      chosen: ["e", "a", "b", "c"],
      later: [],
      held: [],
    });
  });

  it.each<[string, Environment[], string[]]>([
    ["three of four without a branch", [orphan("a"), orphan("b"), orphan("c"), live("d")], ["orphaned"]],
    ["two of four without a branch", [orphan("a"), orphan("b"), live("c"), live("d")], []],
    ["three of three without a branch", [orphan("a"), orphan("b"), orphan("c")], []],
    [
      "all without a branch but those of forks",
      [
        ...["a", "b", "c", "d"].map(orphan),
        ...["e", "f", "g", "h", "i"].map((stack) => environmentOf(stack, { marks: { ref: "x/y:z" } })),
      ],
      ["orphaned"],
    ],
    ["three of four without a namespace", [empty("a"), empty("b"), empty("c"), live("d")], ["empty"]],
    ["two of four without a namespace", [empty("a"), empty("b"), live("c"), live("d")], []],
    ["three of three without a namespace", [empty("a"), empty("b"), empty("c")], []],
  ])("takes %s for a mistake in %j", (_what, fleet, expected) => {
    expect(bigDrops(judgeAll(fleet, view))).toEqual(expected);
  });

  it("holds the empty when most namespaces went at once, unless that is right", () => {
    const fleet = [empty("a"), empty("b"), empty("c"), over("d")];
    expect(planned(fleet)).toEqual({ chosen: ["d"], later: [], held: ["a", "b", "c"] });
    expect(planned(fleet, { allowDrop: true }).chosen).toEqual(["d", "a", "b", "c"]);
  });

  it("never has what is not due, nor more than it may, whatever the fleet", () => {
    fc.assert(
      fc.property(anyFleet, anyView, anyLimits, (fleet, someView, someLimits) => {
        const judged = judgeAll(fleet, someView);
        const { chosen, later, held } = planSweep(judged, someLimits);
        expect(chosen.length).toBeLessThanOrEqual(someLimits.max);
        for (const one of chosen) expect(one.isDue).toBe(true);
        // Nothing that is due gets lost, and nothing is there twice.
        const due = judged.filter(({ isDue }) => isDue);
        expect(new Set([...chosen, ...later, ...held])).toEqual(new Set(due));
        expect(chosen.length + later.length + held.length).toBe(due.length);
        if (held.length > 0) expect(someLimits.allowDrop).toBe(false);
      }),
    );
  });
});

/** What was done to a world that is as `look` finds it. */
interface Done {
  outcomes: Outcome[];
  removed: string[];
}

async function swept(
  fleet: Environment[],
  changes: Partial<SweepActions> = {},
  someLimits: Limits = limits,
  someView: View = view,
): Promise<Done> {
  const removed: string[] = [];
  const actions: SweepActions = {
    inTurn: (_environment, work) => work(),
    look: (environment) => Promise.resolve({ environment, view: someView }),
    remove: ({ stack }) => {
      removed.push(stack);
      return Promise.resolve();
    },
    ...changes,
  };
  const plan = planSweep(judgeAll(fleet, someView), someLimits);
  const work = { progress: () => undefined, signal: new AbortController().signal };
  return { outcomes: await sweep(plan, fleet, someLimits, actions, work), removed };
}

const resultsOf = ({ outcomes }: Done) =>
  outcomes.map(({ judged, result, reason }) => [judged.environment.stack, result, reason]);

describe("a sweep", () => {
  it("removes what is chosen", async () => {
    const done = await swept([over("a"), live("b"), over("c")]);
    expect(done.removed).toEqual(["a", "c"]);
    expect(resultsOf(done)).toEqual([
      ["a", "removed", undefined],
      ["c", "removed", undefined],
    ]);
  });

  it("goes on after one that cannot be removed, or that changed while it was waited for", async () => {
    const done = await swept([over("a"), over("b"), over("c")], {
      remove: ({ stack }) => {
        if (stack === "a") return Promise.reject(new Failure("unreachable", "no answer"));
        return stack === "b" ? Promise.reject(new ChangedMeanwhile("its marks changed")) : Promise.resolve();
      },
    });
    expect(resultsOf(done)).toEqual([
      ["a", "failed", "no answer"],
      ["b", "kept", "its marks changed"],
      ["c", "removed", undefined],
    ]);
  });

  it("takes in the place of one that it cannot remove one that it would have left for later, no more", async () => {
    const fails = ({ stack }: Environment) =>
      stack === "a" ? Promise.reject(new Failure("unreachable", "no answer")) : Promise.resolve();
    const fleet = [over("a", 50), over("b", 40), over("c", 30)];
    const failed = await swept(fleet, { remove: fails }, { ...limits, max: 1 });
    expect(failed.outcomes.map(({ result }) => result)).toEqual(["failed", "removed"]);
    const done = await swept(fleet.slice(1), { remove: fails }, { ...limits, max: 1 });
    expect(done.outcomes.map(({ result }) => result)).toEqual(["removed"]);
  });

  it("goes on after one whose turn does not come", async () => {
    const done = await swept([over("a"), over("b")], {
      inTurn: ({ stack }, work) => {
        return stack === "a" ? Promise.reject(new Failure("broken", "another run is under way")) : work();
      },
    });
    expect(resultsOf(done)).toEqual([
      ["a", "failed", "another run is under way"],
      ["b", "removed", undefined],
    ]);
  });

  it.each<[string, Environment, Environment, View, string]>([
    ["was renewed", over("a"), live("a"), view, "it is live now: main exists"],
    [
      "is another one",
      over("a"),
      environmentOf("a", { created: hoursAgo(100), uid: "other" }),
      view,
      "its namespace is another one now",
    ],
    ["is gone", over("a"), { ...over("a"), namespace: undefined }, view, "its namespace is another one now"],
    [
      "is pinned",
      over("a"),
      environmentOf("a", { created: hoursAgo(100), marks: { pinned: "Ada" } }),
      view,
      'it is pinned now: dynenv/pinned is "Ada"',
    ],
    [
      "is not ours any more",
      over("a"),
      environmentOf("a", { created: hoursAgo(100), isOurs: false }),
      view,
      "it is unclear now: its namespace lacks the label app.kubernetes.io/part-of=dynenv",
    ],
    [
      "lost its state, which may have a reason",
      over("a"),
      { ...over("a"), hasStack: false },
      view,
      "it is stateless now: this backend has no stack a, and its time is over",
    ],
    [
      "has its branch back",
      orphan("a"),
      orphan("a"),
      { ...view, branches: { remote: "origin", names: new Set(["refs/heads/gone"]) } },
      "it is live now: gone exists",
    ],
    [
      "cannot be asked about",
      orphan("a"),
      orphan("a"),
      { ...view, branches: { ...view.branches, problem: "no answer" } },
      "it is live now: no answer",
    ],
    [
      "has no time",
      over("a"),
      over("a"),
      { ...view, now: undefined },
      "it is unclear now: the cluster does not tell its time",
    ],
  ])("keeps what, looked at again, %s", async (_what, before, after, then, reason) => {
    const done = await swept([before], { look: () => Promise.resolve({ environment: after, view: then }) });
    expect(done.removed).toEqual([]);
    expect(resultsOf(done)).toEqual([["a", "kept", reason]]);
  });

  it("keeps the orphaned when most branches go in the meantime", async () => {
    const fleet = [orphan("a"), live("b"), live("c"), live("d")];
    const names = new Set(["refs/heads/other"]);
    const done = await swept(fleet, {
      look: (environment) =>
        Promise.resolve({ environment, view: { ...view, branches: { remote: "origin", names } } }),
    });
    expect(resultsOf(done)).toEqual([["a", "kept", "more than half would be orphaned now"]]);
  });

  it("ends when it is interrupted, before the next one", async () => {
    const controller = new AbortController();
    const removed: string[] = [];
    const fleet = [over("a"), over("b")];
    const actions: SweepActions = {
      inTurn: (_environment, work) => work(),
      look: (environment) => Promise.resolve({ environment, view }),
      remove: ({ stack }) => {
        removed.push(stack);
        controller.abort(new Failure("interrupted", "interrupted"));
        return Promise.resolve();
      },
    };
    const work = { progress: () => undefined, signal: controller.signal };
    const ended = sweep(planSweep(judgeAll(fleet, view), limits), fleet, limits, actions, work);
    await expect(ended).rejects.toThrow("interrupted");
    expect(removed).toEqual(["a"]);
  });

  it("never removes what is not due when it is looked at again, nor more than it may", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyFleet,
        anyFleet,
        anyView,
        anyView,
        anyLimits,
        async (fleet, later, before, after, someLimits) => {
          const now = new Map(later.map((environment) => [environment.stack, environment]));
          const look = (environment: Environment) =>
            Promise.resolve({ environment: now.get(environment.stack) ?? environment, view: after });
          const { removed, outcomes } = await swept(fleet, { look }, someLimits, before);
          expect(removed.length).toBeLessThanOrEqual(someLimits.max);
          // What stays gives its turn to another, once.
          expect(outcomes.length).toBeLessThanOrEqual(2 * someLimits.max);
          for (const stack of removed) {
            const first = fleet.find((environment) => environment.stack === stack);
            const last = now.get(stack) ?? first;
            if (first === undefined || last === undefined) throw new Error(`${stack} is unknown`);
            expect(judge(first, before).isDue && judge(last, after).isDue).toBe(true);
          }
        },
      ),
    );
  });
});
