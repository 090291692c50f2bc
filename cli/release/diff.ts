import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import type { Work } from "../../foundation/work.ts";
import { versionSkew } from "../access/versionSkew.ts";
import { door } from "../process/door.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { literalSecrets } from "../text/literalSecrets.ts";
import { clustersOf, driftFacts, requireOwnCluster } from "./diffCluster.ts";
import { namelessOf } from "./diffNames.ts";
import { explained, objectDifferences, type ExplainedDifference } from "./diffObjects.ts";
import { graphDifferences, imageDifferences, settingDifferences } from "./diffReleases.ts";
import { type DiffReport, type DriftFacts, factsOf } from "./diffReport.ts";
import { changedSince, type Side, sideOf, type StackSide } from "./diffSides.ts";
import { type Expected, expectedObjects } from "./expectedObjects.ts";
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
  const expected: Expectations = new Map(
    stacks.map((side) => [side, expectedObjects(side, otherRelease(side, sides), work.signal)]),
  );
  // Each is waited for below, but what fails first ends that.
  for (const objects of expected.values()) objects.catch(() => undefined);
  const drift = stacks.map((side) =>
    driftFacts(side, expectedOf(side, expected), clusters.get(side) ?? "", work),
  );
  const objects = second === undefined ? undefined : objectsOf(first, second, expected);
  const [facts, explainedObjects] = await Promise.all([Promise.all(drift), objects]);
  for (const { settings } of stacks) door.mask.addVariables(settings);
  for (const all of await Promise.all(expected.values())) door.mask.add(...literalSecrets([all]));
  return {
    sides: sides.map(factsOf),
    ...(second !== undefined && releaseParts(first, second)),
    ...(explainedObjects && { objects: explainedObjects }),
    drift: facts,
    notes: [
      ...stacks.flatMap(undeployed),
      ...(second === undefined ? [] : lockNotes(first, second)),
      ...skewIn(facts),
      ...facts.flatMap(({ notes }) => notes),
    ],
  };
}

type Expectations = Map<StackSide, Promise<Expected>>;

async function expectedOf(side: StackSide, all: Expectations): Promise<Expected> {
  return (await all.get(side)) ?? { objects: [], others: [] };
}

/**
 * The release of the other side, which shows with a side's settings what comes from these: the first side's with the
 * second's, or the other way round where the first runs none.
 */
function otherRelease(side: StackSide, [first, second]: Side[]): ReleaseLock | undefined {
  if (first === undefined || second === undefined) return undefined;
  const other = side === first ? second : first;
  const isAsked = other.kind === "release" || other === first || first.lock === undefined;
  return isAsked && other.lock?.content !== side.lock?.content ? other.lock : undefined;
}

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
  expected: Expectations,
): Promise<ExplainedDifference[] | undefined> {
  if (first.kind === "stack" && second.kind === "stack") return ofStacks(first, second, expected);
  const stack = [first, second].find((side) => side.kind === "stack");
  const lock = (first.kind === "release" ? first : second).lock;
  if (stack === undefined) return undefined;
  const { objects, others } = await expectedOf(stack, expected);
  const own = namelessOf(objects, stack.name);
  const released = lock?.content === stack.lock?.content ? own : namelessOf(others, stack.name);
  const [from, to] = first === stack ? [own, released] : [released, own];
  return explained(objectDifferences(from, to), stack.lock === undefined ? undefined : []);
}

/** Which of them come from the settings is seen where one release has the settings of both. */
async function ofStacks(
  first: StackSide,
  second: StackSide,
  expected: Expectations,
): Promise<ExplainedDifference[]> {
  const [one, other] = await Promise.all([expectedOf(first, expected), expectedOf(second, expected)]);
  const [from, to] = [namelessOf(one.objects, first.name), namelessOf(other.objects, second.name)];
  const all = objectDifferences(from, to);
  if (first.lock === undefined && second.lock === undefined) return explained(all, undefined);
  if (first.lock?.content === second.lock?.content) return explained(all, all);
  if (first.lock !== undefined)
    return explained(all, objectDifferences(from, namelessOf(other.others, second.name)));
  return explained(all, objectDifferences(namelessOf(one.others, first.name), to), "from");
}

/** What lies between the versions of two clusters, where both are known. */
function skewIn([one, other]: DriftFacts[]): string[] {
  if (one?.cluster === undefined || other?.cluster === undefined) return [];
  const versioned = ({ stack }: DriftFacts, version: string) => ({
    name: `the cluster of ${stack}`,
    version,
  });
  const skew = versionSkew(versioned(one, one.cluster.version), versioned(other, other.cluster.version));
  return skew === undefined ? [] : [`${skew}: the same objects may be defaulted otherwise there`];
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
