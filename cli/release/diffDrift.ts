import { isOurs, roleLabel } from "../../components/model/index.ts";
import { hasPlaceholder } from "../../rendering/secretsScript.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import type { StackResource } from "../pulumi/state.ts";
import { addedSince } from "./diffAdded.ts";
import { byTitle, comparable, titleOf } from "./diffNames.ts";
import { differences, type Difference, type Leniency } from "./diffPaths.ts";
import { isSameQuantity } from "./diffQuantities.ts";

/** An object of a cluster that is not what the program made it. */
export interface Drifted {
  /** Kind and name, such as `Deployment/deals`. */
  object: string;
  what: "changed" | "missing" | "unexpected";
  /** In what it differs from what is expected: `from` is that, `to` what the cluster has. */
  differences: Difference[];
}

/** What a cluster has, and what is known of it. */
export interface Seen {
  /** Objects as the API server answers them. */
  objects: Manifest[];
  /** Kinds that could be listed: of others nothing is said. */
  kinds: Set<string>;
  /** What Pulumi knows of the objects since it wrote them last; nothing where its state cannot be read. */
  state: StackResource[] | undefined;
}

/** In what a cluster differs from what is expected there, by kind and name. */
export function driftOf(expected: Manifest[], { objects, kinds, state }: Seen): Drifted[] {
  const all = withoutLogin(expected, objects).filter(({ kind }) => kinds.has(kind));
  const wanted = byTitle(comparable(all));
  const scaled = scaledIn([...expected, ...objects]);
  const own = objects.filter((object) => kinds.has(object.kind));
  const now = comparable(own).map((object, index) => ({ object, raw: own[index] ?? object }));
  const found = new Map(now.map((one) => [titleOf(one.object), one] as const));
  const missing = [...wanted.keys()].filter((title) => !found.has(title));
  const unexpected = now.filter(({ object, raw }) => isOfProgram(raw) && !wanted.has(titleOf(object)));
  const changed = [...wanted].flatMap(([title, object]) => {
    const there = found.get(title);
    if (there === undefined) return [];
    const changes = differences(withoutReplicas(object, scaled), there.object, ofCluster(object));
    const added = addedSince(state ?? [], there.raw, { known: changes, isScaled: isScaled(object, scaled) });
    return changes.length + added.length === 0 ? [] : [drifted(title, "changed", [...changes, ...added])];
  });
  return [
    ...changed,
    ...missing.map((title) => drifted(title, "missing")),
    ...unexpected.map(({ object }) => drifted(titleOf(object), "unexpected")),
  ].sort((one, other) => (one.object < other.object ? -1 : 1));
}

function drifted(object: string, what: Drifted["what"], all: Difference[] = []): Drifted {
  return { object, what, differences: all };
}

/** Whether the program made an object: neither a controller nor a run of tests did. */
function isOfProgram({ kind, metadata }: Manifest): boolean {
  const { labels, ownerReferences = [] } = metadata;
  const isRun = kind === "Job" && ["test", "task"].includes(labels?.[roleLabel] ?? "");
  return isOurs(labels) && !isRun && ownerReferences.every((owner) => owner.kind === "Namespace");
}

/** Without the login to a registry, where the environment was deployed without one: what is rendered always has it. */
function withoutLogin(expected: Manifest[], objects: Manifest[]): Manifest[] {
  const secret = expected.find(
    (one) => one.kind === "Secret" && one.type === "kubernetes.io/dockerconfigjson",
  );
  const name = secret?.metadata.name ?? "";
  const isThere = objects.some(
    (one) =>
      (one.kind === "Secret" && one.metadata.name === name) ||
      JSON.stringify(one.imagePullSecrets ?? []).includes(`"${name}"`),
  );
  if (secret === undefined || isThere) return expected;
  return expected
    .filter((one) => one !== secret)
    .map(({ imagePullSecrets: _, ...object }) => object as Manifest);
}

/** Names of the Deployments whose number of pods an autoscaler decides. */
function scaledIn(objects: Manifest[]): Set<string> {
  const targets = objects.flatMap(({ kind, spec }) =>
    kind === "HorizontalPodAutoscaler"
      ? ((spec as { scaleTargetRef?: { name?: string } }).scaleTargetRef?.name ?? [])
      : [],
  );
  return new Set(targets);
}

function isScaled({ kind, metadata }: Manifest, scaled: Set<string>): boolean {
  return kind === "Deployment" && scaled.has(metadata.name);
}

function withoutReplicas(object: Manifest, scaled: Set<string>): Manifest {
  if (!isScaled(object, scaled)) return object;
  const { replicas: _, ...spec } = object.spec as Record<string, unknown>;
  return { ...object, spec };
}

/** What the API server does to an object that it takes: it adds defaults, leaves out what is empty, and writes quantities in its own way. */
function ofCluster({ kind }: Manifest): Leniency {
  const isWhole = kind === "Secret" || kind === "ConfigMap";
  return {
    isSame: (from, to, keys) =>
      (to === undefined && isNothing(from, keys)) ||
      isSameQuantity(from, to, keys) ||
      (typeof from === "string" && typeof to === "string" && hasPlaceholder(from)),
    mayHaveMore: ([first]) => !(isWhole && first === "data"),
  };
}

const maps = ["labels", "annotations", "nodeSelector", "matchLabels", "data", "limits", "requests", "hard"];

/** Whether the API server keeps no trace of a value. */
function isNothing(value: unknown, keys: string[]): boolean {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return true;
  const isEmpty = typeof value === "object" && Object.keys(value).length === 0;
  return isEmpty && maps.includes(keys.at(-1) ?? "");
}
