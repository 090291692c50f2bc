import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject } from "#bundled/kubernetes";
import type { StackResource } from "./state.ts";

/** Marks what Pulumi keeps encrypted: nobody can say whether that is still the same. */
const encrypted = "4dabf18193072939515e22adb298388d";

/** Whether somebody changed what an object is to be since Pulumi last wrote it. A restart is no change. */
export function specDiffers(
  { type, outputs }: StackResource,
  now: KubernetesObject & { spec?: unknown },
): boolean {
  if (type === "kubernetes:core/v1:Service") return !isDeepStrictEqual(route(outputs?.spec), route(now.spec));
  const generation = outputs?.metadata?.generation;
  // The API server counts the changes of a spec.
  if (generation === undefined || generation === now.metadata?.generation) return false;
  if (JSON.stringify(outputs?.spec).includes(encrypted)) return true;
  return !isDeepStrictEqual(essence(outputs?.spec), essence(now.spec));
}

/** Whether two templates describe other pods; a restart, and the name that their set gave them, are none. */
export function templateDiffers(before: unknown, now: unknown): boolean {
  return !isDeepStrictEqual(essence({ template: before }), essence({ template: now }));
}

/** Where a Service leads to: it has no count of its changes. */
function route(spec: unknown): unknown {
  const { selector, ports } = (spec ?? {}) as { selector?: object; ports?: unknown };
  return withoutNothing({ selector, ports });
}

/** A spec without what `kubectl rollout restart` notes down, and what only the client fills in. */
function essence(spec: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(spec ?? {})) as {
    template?: { metadata?: { annotations?: object; labels?: Record<string, string> } };
  };
  delete copy.template?.metadata?.annotations;
  delete copy.template?.metadata?.labels?.["pod-template-hash"];
  return withoutNothing(copy);
}

/** Empty fields say the same as absent ones. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutNothing(item)] as const);
  return Object.fromEntries(
    entries.filter(([, item]) => item !== null && item !== undefined && !isDeepStrictEqual(item, {})),
  );
}
