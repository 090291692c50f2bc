import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { EphemeralEnvironment } from "../components/index.ts";
import { construct } from "../rendering/construction.ts";
import { manifestsOf, type Manifest } from "../rendering/manifests.ts";
import { environmentArgs, transformations, type Scenario } from "./scenario.ts";

/** Order in which Kubernetes needs them: pods only where there are limits, accounts and policies. */
const kinds = ["Namespace", "ResourceQuota", "LimitRange", "NetworkPolicy", "ServiceAccount"];

/** The objects of an environment, as this project's own program gives them to Kubernetes. */
export async function renderedObjects(scenario: Scenario, stack: string): Promise<Manifest[]> {
  const options = { transformations: transformations(scenario) };
  const construction = await construct(
    () => new EphemeralEnvironment("preview", environmentArgs(scenario, stack), options),
  );
  const place = ({ kind }: Manifest) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);
  const objects = manifestsOf(construction)
    .map(withoutToolOptions)
    .sort((one, other) => place(one) - place(other));
  // Who applies files knows no address before the cluster gives it one, but a name.
  const asked = objects.find(
    ({ kind, metadata }) => kind === "Service" && metadata.name.startsWith("readiness-"),
  );
  const text = JSON.stringify(objects).replaceAll(askedHost, `$1${asked?.metadata.name ?? ""}`);
  return JSON.parse(text) as Manifest[];
}

/** The Service by which the readiness Job's program asks the new pods, in JSON within JSON. */
const askedHost = /(\\"pods\\":\{\\"host\\":\\")[^\\"]+/g;

/** The same as a file for those who read YAML, version 1.1 included. */
export function toYaml(objects: Manifest[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, compat: "yaml-1.1" })).join("---\n");
}

/** What tools write into objects for themselves. */
const toolMarks = /^(pulumi\.com|kubectl\.kubernetes\.io|meta\.helm\.sh|deployment\.kubernetes\.io)\//;
/** Marks that say who made an object and when. */
const makersMarks = ["app.kubernetes.io/managed-by", "dynenv/deployed", "dynenv/expires"];

/** The namespace as an owner is how Pulumi removes workloads; its UID is not known to those who apply files. */
function withoutToolOptions(object: Manifest): Manifest {
  const { annotations = {}, labels = {}, ownerReferences: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...kept("labels", labels), ...kept("annotations", annotations) },
  };
}

function kept(name: string, marks: Record<string, string>): Record<string, Record<string, string>> {
  const entries = Object.entries(marks).filter(([key]) => !toolMarks.test(key) && !makersMarks.includes(key));
  return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
}

/** What the API server adds to each object. */
const serversOwn = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"];

/**
 * Hash of objects as the cluster has them, without what is no wish of anybody: status, what the server assigned, who
 * made them, and the names of namespace and stack.
 */
export function hashOfObjects(objects: Manifest[], stack: string): string {
  const texts = objects
    .map(withoutToolOptions)
    .map(({ status: _, ...object }) => JSON.stringify(sorted(withoutServersOwn(object as Manifest))))
    .map((text) => text.replaceAll(stack, "STACK").replaceAll(askedHost, "$1HOST"))
    .sort();
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 12);
}

function withoutServersOwn(object: Manifest): Manifest {
  const metadata = Object.entries(object.metadata).filter(([key]) => !serversOwn.includes(key));
  const text = JSON.stringify({ ...object, metadata: Object.fromEntries(metadata) }, (key, value: unknown) =>
    /^(clusterIPs?|(batch\.kubernetes\.io\/)?controller-uid)$/.test(key) ? undefined : value,
  );
  return JSON.parse(text) as Manifest;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
