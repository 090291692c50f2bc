import type { Manifest } from "../../rendering/manifest.ts";
import { patchedField, specDiffers } from "../environment/drift.ts";
import { essence, withoutNothing } from "../kubernetes/essence.ts";
import type { StackResource } from "../pulumi/state.ts";
import { differences, type Difference } from "./diffPaths.ts";

/** Marks what Pulumi keeps encrypted: nobody can say whether that is still the same. */
const encrypted = "4dabf18193072939515e22adb298388d";

/**
 * What somebody changed in an object since Pulumi wrote it last, which tells what was added, too: of that the program says
 * nothing. @param known what is known to differ without the state, and whether an autoscaler decides on its pods.
 */
export function addedSince(
  state: StackResource[],
  now: Manifest,
  { known, isScaled }: { known: Difference[]; isScaled: boolean },
): Difference[] {
  const resource = state.find(
    ({ type, outputs }) =>
      type.startsWith("kubernetes:") &&
      type.endsWith(`:${now.kind}`) &&
      outputs?.metadata?.name === now.metadata.name,
  );
  if (resource === undefined || !specDiffers(resource, now as object)) return [];
  const field = patchedField[resource.type] ?? "spec";
  const [before, after] = [resource.outputs?.[field], now[field]].map((value) => comparedOf(now.kind, value));
  const changes = differences(before, after)
    .map((one) => ({
      ...one,
      path: `${field}${one.path.startsWith("[") || one.path === "" ? "" : "."}${one.path}`,
    }))
    .filter((one) => !JSON.stringify(one).includes(encrypted) && !(isScaled && one.path === "spec.replicas"));
  if (changes.length === 0 && known.length === 0 && !isScaled)
    return [{ path: field, from: "as it was deployed", to: "changed since" }];
  return changes.filter((one) => !known.some(({ path }) => overlaps(path, one.path)));
}

/** The part of a field that counts: of a Service where it leads to, and of all else what is not only a restart. */
function comparedOf(kind: string, value: unknown): unknown {
  if (kind !== "Service") return withoutNothing(essence(value));
  const { selector, ports, type, externalIPs, externalName } = (value ?? {}) as Record<string, unknown>;
  return withoutNothing({ selector, ports, type, externalIPs, externalName });
}

function overlaps(one: string, other: string): boolean {
  return (
    [`${one}.`, `${one}[`].some((start) => `${other}.`.startsWith(start)) ||
    [`${other}.`, `${other}[`].some((start) => `${one}.`.startsWith(start))
  );
}
