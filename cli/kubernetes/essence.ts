import { isDeepStrictEqual } from "node:util";

/** Whether two templates describe other pods; a restart, and the name that their set gave them, are none. */
export function templateDiffers(before: unknown, now: unknown): boolean {
  return !isDeepStrictEqual(essence({ template: before }), essence({ template: now }));
}

/** A spec without what `kubectl rollout restart` notes down, and what only the client fills in. */
export function essence(spec: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(spec ?? {})) as {
    template?: { metadata?: { annotations?: object; labels?: Record<string, string> } };
  };
  delete copy.template?.metadata?.annotations;
  delete copy.template?.metadata?.labels?.["pod-template-hash"];
  return withoutNothing(copy);
}

/** Empty fields say the same as absent ones, and `_from` is what the client calls `from`. */
export function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key.replace(/^_/, ""), withoutNothing(item)] as const,
  );
  return Object.fromEntries(
    entries.filter(([, item]) => item !== null && item !== undefined && !isDeepStrictEqual(item, {})),
  );
}
