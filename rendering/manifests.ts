import { titleOf, type Manifest } from "./manifest.ts";
import { mapSecrets, named, type Construction } from "./construction.ts";

export { titleOf, type Manifest };

/**
 * What Kubernetes gets, with the names that the mocked provider gives, sorted by kind and name. Secret texts are
 * replaced, their keys are kept.
 */
export function manifestsOf(construction: Construction): Manifest[] {
  return withSecrets(construction, hide);
}

/** The same, with what is shown of each secret. */
export function withSecrets(
  { resources, answers }: Construction,
  shown: (secret: unknown) => unknown,
): Manifest[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ name, inputs }) => {
      const object = mapSecrets(inputs, shown) as Manifest;
      return { ...object, metadata: { ...object.metadata, ...named(name, object, answers).metadata } };
    })
    .sort((one, other) => (titleOf(one) < titleOf(other) ? -1 : 1));
}

function hide(secret: unknown): unknown {
  if (typeof secret !== "object" || secret === null) return "[secret]";
  return Object.fromEntries(Object.entries(secret).map(([key, value]) => [key, hide(value)]));
}

/** A text without the hashes that any change of a pod template changes. */
export function withoutRevisions(text: string): string {
  return text.replace(/\b(r|readiness-)[a-z2-7]{12}\b/g, "$1");
}
