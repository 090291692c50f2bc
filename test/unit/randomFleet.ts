import fc from "fast-check";
import type { Marks } from "../../components/model/objects/labels.ts";
import { deploymentMarks, timeMark } from "../../components/model/lifetime/lifeSpan.ts";
import { namespaceName } from "../../components/model/rules/names.ts";
import type { Branches } from "../../cli/fleet/branches.ts";
import type { Environment, MarkedNamespace, View } from "../../cli/fleet/verdict.ts";

const hour = 3_600_000;
export const now = new Date("2026-03-10T12:00:00Z");
export const hoursAgo = (hours: number) => new Date(now.getTime() - hours * hour);
export const project = "shop/deals";

export const branches: Branches = { remote: "origin", names: new Set(["refs/heads/main", "refs/tags/v1"]) };
export const view: View = { project, now, branches, context: "ci" };

/** A namespace as one hour ago a deployment made it, but for what is said. */
export function namespaceOf(
  stack: string,
  { marks = {}, ...changes }: Partial<Omit<MarkedNamespace, "marks">> & { marks?: Partial<Marks> } = {},
): MarkedNamespace {
  const created = changes.created ?? hoursAgo(1);
  return {
    ...{ name: namespaceName(stack), uid: `uid-of-${stack}`, created, marked: created },
    ...{ isOurs: true, isTerminating: false },
    ...changes,
    marks: { project, ref: "main", commit: "9dff06f", stack, ttl: "24h", trust: "trusted", ...marks },
  };
}

export function environmentOf(stack: string, changes: Parameters<typeof namespaceOf>[1] = {}): Environment {
  return { stack, hasStack: true, namespace: namespaceOf(stack, changes) };
}

const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof(
    { arbitrary: fc.constant(usual), weight: 4 },
    { arbitrary: fc.constantFrom(usual, ...others), weight: 1 },
  );
const when = fc.constantFrom(-48, -1, 0, 1, 3, 5, 25, 100).map(hoursAgo);
const ttl = mostly("4h", "24h", "1m", "soon", "");

const anyMarks: fc.Arbitrary<Partial<Marks>> = fc
  .record({
    ...{ project: mostly(project, "shop/other", ""), ttl },
    ref: fc.constantFrom("main", "v1", "feature/gone", "somebody/deals:main", "HEAD", "", "a b"),
    pinned: mostly("", "false", "Ada"),
    deployed: fc.option(when),
    expires: mostly("right", "2026-03-09T12:00:00Z", "later"),
    lacks: mostly<keyof Marks | "">("", "project", "ref", "stack", "ttl", "deployed", "expires"),
  })
  .map(({ deployed, expires, lacks, ...marks }) => {
    const told = deployed === null ? {} : deploymentMarks(timeMark(deployed), marks.ttl);
    const all = { ...marks, ...told, ...(expires !== "right" && { expires }) };
    return Object.fromEntries(Object.entries(all).filter(([key]) => key !== lacks));
  });

const anyNamespace = fc.record({
  ...{ created: when, marked: when, marks: anyMarks },
  ...{ isOurs: mostly(true, false), isTerminating: mostly(false, true) },
});

/** Environments of all kinds, each with a stack name of its own. */
export const anyFleet: fc.Arbitrary<Environment[]> = fc
  .array(
    fc.record({
      hasStack: mostly(true, false),
      namespace: fc.option(anyNamespace, { freq: 6 }),
      state: fc.option(
        fc.record({
          marks: anyMarks,
          updated: fc.option(when, { nil: undefined }),
          context: mostly("ci", "other", undefined),
        }),
      ),
    }),
    { maxLength: 30 },
  )
  .map((fleet) =>
    fleet.map(({ namespace, hasStack, state }, index) => {
      const stack = `stack-${String(index)}`;
      if (namespace !== null) return { stack, hasStack, namespace: namespaceOf(stack, namespace) };
      return { stack, hasStack, namespace: undefined, ...(state && { state }) };
    }),
  );

export const anyView: fc.Arbitrary<View> = fc
  .record({ hasTime: mostly(true, false), problem: mostly("", "no answer"), more: fc.boolean() })
  .map(({ hasTime, problem, more }) => ({
    ...{ project, context: "ci" },
    now: hasTime ? now : undefined,
    branches: {
      remote: "origin",
      names: new Set([...branches.names, ...(more ? ["refs/heads/feature/gone"] : [])]),
      ...(problem !== "" && { problem }),
    },
  }));
