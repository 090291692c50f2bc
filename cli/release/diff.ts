import { isDeepStrictEqual } from "node:util";
import type { Work } from "../../foundation/work.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { clustersOf, driftFacts, requireOwnCluster } from "./diffCluster.ts";
import { namelessOf } from "./diffNames.ts";
import { explained, objectDifferences, type ExplainedDifference } from "./diffObjects.ts";
import { graphDifferences, imageDifferences, settingDifferences } from "./diffReleases.ts";
import { type DiffReport, factsOf } from "./diffReport.ts";
import { changedSince, type Side, sideOf, type StackSide } from "./diffSides.ts";
import { expectedObjects } from "./expectedObjects.ts";
import { gitIn } from "./gitCommand.ts";
import { StableBranch } from "./stableBranch.ts";

/** What is compared, by name: two stacks or releases, or a stack with its cluster. */
export interface Compared {
  names: string[];
  /** Of the kubeconfig; absent: its own. */
  context: string | undefined;
}

/** Looks for all differences. Nothing is changed. @throws where one of the names means nothing, or a cluster does not answer. */
export async function diffReport({ names, context }: Compared, work: Work): Promise<DiffReport> {
  const branch = await StableBranch.open(gitIn(programFolder(), work.signal));
  const sides = await Promise.all(names.map((name) => sideOf(name, branch)));
  const stacks = sides.filter((side) => side.kind === "stack");
  const [first, second] = sides;
  if (first === undefined) throw new Error("nothing is compared");
  const clusters = await clustersOf(stacks, context);
  if (second === undefined)
    requireOwnCluster(first, first.kind === "stack" ? clusters.get(first) : undefined);
  const expected = new Map(stacks.map((side) => [side, expectedObjects(side, side.lock, work.signal)]));
  // Each is waited for below, but what fails first ends that.
  for (const objects of expected.values()) objects.catch(() => undefined);
  const drift = stacks.map((side) =>
    driftFacts(side, expected.get(side) ?? Promise.resolve([]), clusters.get(side) ?? "", work),
  );
  const objects = second === undefined ? undefined : objectsOf(first, second, expected, work.signal);
  const [facts, explainedObjects] = await Promise.all([Promise.all(drift), objects]);
  return {
    sides: sides.map(factsOf),
    ...(second !== undefined && releaseParts(first, second)),
    ...(explainedObjects && { objects: explainedObjects }),
    drift: facts,
    notes: [
      ...stacks.flatMap(undeployed),
      ...(second === undefined ? [] : lockNotes(first, second)),
      ...facts.flatMap(({ notes }) => notes),
    ],
  };
}

type Expected = Map<StackSide, Promise<Manifest[]>>;

function releaseParts(first: Side, second: Side): Partial<DiffReport> {
  const [one, other] = [first.lock, second.lock];
  return {
    ...(one !== undefined &&
      other !== undefined && { images: imageDifferences(one, other), graph: graphDifferences(one, other) }),
    ...(first.kind === "stack" &&
      second.kind === "stack" && { settings: settingDifferences(first.settings, second.settings) }),
  };
}

/** In what the objects of two sides differ; of a release, those that it would have in the other side's stack. */
async function objectsOf(
  first: Side,
  second: Side,
  expected: Expected,
  signal: AbortSignal,
): Promise<ExplainedDifference[] | undefined> {
  if (first.kind === "stack" && second.kind === "stack") return ofStacks(first, second, expected, signal);
  const stack = [first, second].find((side) => side.kind === "stack");
  if (stack === undefined) return undefined;
  const [one, other] = await Promise.all(
    [first, second].map(async (side) =>
      side.kind === "stack"
        ? (expected.get(side) ?? Promise.resolve([]))
        : expectedObjects(stack, side.lock, signal),
    ),
  );
  const all = objectDifferences(namelessOf(one ?? [], stack.name), namelessOf(other ?? [], stack.name));
  return explained(all, stack.lock === undefined ? undefined : []);
}

/** Which of them come from the settings is seen where one release has the settings of both. */
async function ofStacks(
  first: StackSide,
  second: StackSide,
  expected: Expected,
  signal: AbortSignal,
): Promise<ExplainedDifference[]> {
  const isSame = isDeepStrictEqual(first.lock?.content, second.lock?.content);
  const [one, other, crossed] = await Promise.all([
    expected.get(first) ?? [],
    expected.get(second) ?? [],
    isSame ? undefined : crossedObjects(first, second, signal),
  ]);
  const [from, to] = [namelessOf(one, first.name), namelessOf(other, second.name)];
  const all = objectDifferences(from, to);
  if (isSame) return explained(all, first.lock === undefined ? undefined : all);
  if (crossed === undefined) return explained(all, undefined);
  const bySettings =
    crossed.of === second ? objectDifferences(from, crossed.objects) : objectDifferences(crossed.objects, to);
  return explained(all, bySettings, crossed.of === second ? "to" : "from");
}

/** The release of one side with the settings of the other; nothing where neither runs a release. */
async function crossedObjects(
  first: StackSide,
  second: StackSide,
  signal: AbortSignal,
): Promise<{ of: StackSide; objects: Manifest[] } | undefined> {
  const lock = first.lock ?? second.lock;
  if (lock === undefined) return undefined;
  const of = first.lock === undefined ? first : second;
  return { of, objects: namelessOf(await expectedObjects(of, lock, signal), of.name) };
}

/** What is expected follows from the file as it is now. */
function undeployed(side: StackSide): string[] {
  const names = changedSince(side);
  if (names.length === 0) return [];
  return [
    `Pulumi.${side.name}.yaml was changed since ${side.name} was deployed: ${names.join(", ")}; what follows from that counts as drift until \`dynenv up --stack ${side.name}\``,
  ];
}

function lockNotes(first: Side, second: Side): string[] {
  const without = [first, second].filter(({ lock }) => lock === undefined).map(({ name }) => name);
  if (without.length > 0)
    return [`${without.join(" and ")} runs no release, so that images and graph are not compared`];
  if (first.kind !== "release" || second.kind !== "release") return [];
  const isSame = first.lock.objects === second.lock.objects;
  return [
    `without settings of an environment their objects are ${isSame ? "the same" : "not the same: compare with a stack to see how"}`,
  ];
}
