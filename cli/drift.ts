import { isDeepStrictEqual } from "node:util";

interface Described {
  metadata?: { generation?: number };
  spec?: unknown;
}

/** Marks what Pulumi keeps encrypted: nobody can say whether that is still the same. */
const encrypted = "4dabf18193072939515e22adb298388d";

/** Whether somebody changed what an object is to be. The API server counts such changes; a restart is none. */
export function specDiffers(before: Described, now: Described): boolean {
  const { generation } = before.metadata ?? {};
  if (generation === undefined || generation === now.metadata?.generation) return false;
  if (JSON.stringify(before.spec).includes(encrypted)) return true;
  return !isDeepStrictEqual(essence(before.spec), essence(now.spec));
}

/** A spec without what `kubectl rollout restart` notes down, and what only the client fills in. */
function essence(spec: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(spec ?? {})) as {
    template?: { metadata?: { annotations?: object } };
  };
  delete copy.template?.metadata?.annotations;
  return withoutNothing(copy);
}

/** Empty fields say the same as absent ones. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutNothing(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== null && !isDeepStrictEqual(item, {})));
}
