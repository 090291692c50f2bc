// Prints what the preview stack gives to Kubernetes: `node test/golden/render.ts > test/golden/preview.yaml`.
import { stringify } from "yaml";
import { constructPreview, mapSecrets, type Registration } from "./preview.ts";

type Manifest = Record<string, unknown> & { kind: string; metadata: { name: string } };

const { resources } = await constructPreview();
const manifests = resources
  .filter(({ type }) => type.startsWith("kubernetes:"))
  .map(toManifest)
  .sort((one, other) => compare(position(one), position(other)));
process.stdout.write(manifests.map(toYaml).join("---\n"));

function toManifest({ inputs }: Registration): Manifest {
  return mapSecrets(inputs, hide) as Manifest;
}

/** Keeps a secret's keys, hides its texts. */
function hide(secret: unknown): unknown {
  if (typeof secret !== "object" || secret === null) return "[secret]";
  return Object.fromEntries(Object.entries(secret).map(([key, value]) => [key, hide(value)]));
}

function position({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}

function toYaml({ apiVersion, kind, metadata, ...content }: Manifest): string {
  // Sorted within each part, so that an order which means nothing cannot change.
  const parts = Object.entries({ metadata, ...content });
  const sorted = parts.map(([key, value]) =>
    stringify({ [key]: value }, { sortMapEntries: true, lineWidth: 0 }),
  );
  return [stringify({ apiVersion, kind }), ...sorted].join("");
}
