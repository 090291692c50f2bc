import { contentSuffix } from "../../rendering/content.ts";
import type { Manifest } from "../../rendering/manifest.ts";

type Fields = Record<string, unknown>;

/** Objects as an API server has them once Pulumi made them: with names of its own, defaults, and marks of who wrote what. */
export function asServed(objects: Manifest[]): Manifest[] {
  const made = objects.filter(
    (object) =>
      ["ConfigMap", "Secret"].includes(object.kind) &&
      object.metadata.name.endsWith(`-${contentSuffix(object)}`),
  );
  const text = made.reduce(
    (all, { metadata: { name } }) => all.replaceAll(name, name.replace(/[^-]+$/, "0badcafe")),
    JSON.stringify(objects),
  );
  return (JSON.parse(text) as Manifest[]).map((object, index) => {
    const own = made.some((one) => one === objects[index]);
    return withDefaults({ ...object, metadata: served(object.metadata, own) });
  });
}

function served(metadata: Manifest["metadata"], isNamedByPulumi: boolean): Manifest["metadata"] {
  const { labels, annotations, ...others } = metadata;
  return {
    ...others,
    ...{ uid: "00000000-0000-4000-8000-000000000001", resourceVersion: "7", generation: 1 },
    ...{ creationTimestamp: "2026-01-01T00:00:00Z", managedFields: [{ manager: "pulumi" }] },
    labels: { ...labels, "app.kubernetes.io/managed-by": "pulumi" },
    annotations: { ...annotations, ...(isNamedByPulumi && { "pulumi.com/autonamed": "true" }) },
  };
}

function withDefaults(object: Manifest): Manifest {
  const { stringData, ...others } = object as Manifest & { stringData?: Record<string, string> };
  const data = Object.entries(stringData ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  const whole = {
    ...others,
    ...(stringData && { data: Object.fromEntries(data) as Fields, type: object.type ?? "Opaque" }),
  };
  const text = JSON.stringify({ ...whole, status: { observed: 1 } }, (key, value: unknown) => {
    if (key === "spec" && typeof value === "object" && value !== null && "containers" in value)
      return { dnsPolicy: "ClusterFirst", restartPolicy: "Always", schedulerName: "default", ...value };
    if (key === "data" || key === "annotations") return value;
    if (Array.isArray(value) && value.length === 0) return undefined;
    // As the API server writes what it takes.
    return value === "1024Mi" ? "1Gi" : value;
  });
  return JSON.parse(text) as Manifest;
}
