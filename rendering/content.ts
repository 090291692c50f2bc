import { createHash } from "node:crypto";
import type { Manifest } from "./manifest.ts";

/**
 * What two environments of one release need not have in common, though their objects are the same. All else counts; the
 * values of Secrets never do, since whoever has a hash could try texts against it.
 */
export const leftOut = {
  /** What the API server adds to an object, and the namespace as the owner, by which Pulumi removes workloads. */
  metadata: [
    ...["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"],
    ...["ownerReferences", "finalizers"],
  ],
  /** What tools and controllers write into objects for themselves. */
  tools:
    /^(pulumi\.com|kubectl\.kubernetes\.io|meta\.helm\.sh|deployment\.kubernetes\.io|pv\.kubernetes\.io|volume\.(beta\.)?kubernetes\.io)\//,
  /** Who made an object, when, and what happened to it since. */
  marks: [
    "app.kubernetes.io/managed-by",
    "dynenv/deployed",
    "dynenv/expires",
    "dynenv/tested",
    "kubernetes.io/metadata.name",
  ],
  /** What the cluster assigns, wherever it stands. */
  assigned: /^(clusterIPs?|volumeName|nodePort|(batch\.kubernetes\.io\/)?controller-uid)$/,
};

/** Hash of objects as somebody wishes them, or as a cluster has them, whatever their order. */
export function contentHash(objects: Manifest[]): string {
  const texts = contentOf(objects).map((object) => JSON.stringify(object));
  return `sha256:${createHash("sha256").update(texts.sort().join("\n")).digest("hex")}`;
}

/** What counts of objects, with names by content for those that a provider named. */
export function contentOf(objects: Manifest[]): Manifest[] {
  const scaled = autoscaled(objects);
  return byContent(objects).map((object) => essential(object, scaled));
}

/** Ends the name of an object by what it holds: of a Secret by its keys alone. */
export function contentSuffix(object: Record<string, unknown>): string {
  const { data, stringData } = object as { data?: object; stringData?: object };
  const held = isSecret(object) ? keysOf(object) : sorted(data ?? stringData);
  return createHash("sha256").update(JSON.stringify(held)).digest("hex").slice(0, 8);
}

function isSecret(object: Record<string, unknown>): boolean {
  return object.kind === "Secret" || "stringData" in object;
}

/** Keys of a Secret, which the API server moves from one field to the other. */
function keysOf(object: Record<string, unknown>): string[] {
  const { data, stringData } = object as { data?: object; stringData?: object };
  return [...new Set([data, stringData].flatMap((one) => Object.keys(one ?? {})))].sort();
}

/** Marks what Pulumi's provider named itself. */
const autonamed = "pulumi.com/autonamed";

/** Objects with names that follow from what they hold in place of those that end at random. */
function byContent(objects: Manifest[]): Manifest[] {
  const renamed = objects
    .filter(({ metadata }) => metadata.annotations?.[autonamed] === "true")
    .map(
      (object) =>
        [object.metadata.name, object.metadata.name.replace(/[^-]+$/, contentSuffix(object))] as const,
    );
  const text = renamed.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(objects));
  return JSON.parse(text) as Manifest[];
}

/** Names of the Deployments whose number of pods an autoscaler decides. */
function autoscaled(objects: Manifest[]): string[] {
  return objects.flatMap(({ kind, spec }) => {
    const { scaleTargetRef } = (spec ?? {}) as { scaleTargetRef?: { name: string } };
    return kind === "HorizontalPodAutoscaler" && scaleTargetRef ? [scaleTargetRef.name] : [];
  });
}

/** Service by which the readiness Job's program asks the new pods, in JSON within JSON: an address that the cluster gave. */
const askedHost = /("pods":\{"host":")[^"]+/g;

/** Names of revisions, which hold the names that a provider gave. */
const revisions = /\b(r|readiness-)[a-z2-7]{12}\b/g;

function essential(object: Manifest, scaled: string[]): Manifest {
  const { status: _, ...wished } = withoutTools(object);
  const own = { ...wished, ...(isSecret(object) && { data: keysOf(object), stringData: undefined }) };
  const isScaled = object.kind === "Deployment" && scaled.includes(object.metadata.name);
  const text = JSON.stringify(sorted(own), (key, value: unknown) => {
    if (leftOut.assigned.test(key) || (isScaled && key === "replicas")) return undefined;
    return typeof value === "string" ? value.replace(askedHost, "$1HOST").replace(revisions, "$1") : value;
  });
  return JSON.parse(text) as Manifest;
}

/** An object without what tools and the API server write into its metadata. */
export function withoutTools(object: Manifest): Manifest {
  const { labels, annotations, ...metadata } = object.metadata;
  const kept = Object.entries(metadata).filter(([key]) => !leftOut.metadata.includes(key));
  const own = {
    ...Object.fromEntries(kept),
    ...marks("labels", labels),
    ...marks("annotations", annotations),
  };
  return { ...object, metadata: own as Manifest["metadata"] };
}

function marks(name: string, all: Record<string, string> = {}): Record<string, Record<string, string>> {
  const kept = Object.entries(all).filter(
    ([key]) => !leftOut.tools.test(key) && !leftOut.marks.includes(key),
  );
  return kept.length === 0 ? {} : { [name]: Object.fromEntries(kept) };
}

/** The same with the keys of all objects in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
