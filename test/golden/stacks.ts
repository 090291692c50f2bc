import type { Settings } from "../../stacks/settings.ts";

/** The kinds of preview that have a golden file, by its name: what differs from the example settings. */
export const goldenStacks: Record<string, Partial<Settings>> = {
  preview: {},
  fork: { trust: "fork", registry: undefined },
  shop: { functions: ["order"], services: ["queue-master", "session-db"] },
};
