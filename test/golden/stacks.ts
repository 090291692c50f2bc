import type { EphemeralEnvironmentArgs } from "../../components/environment/ephemeralEnvironmentArgs.ts";
import type { Settings } from "../../stacks/settings.ts";
import { everything } from "./everything.ts";
import { kinds } from "./kinds.ts";

/** What a stack is made of: the preview's settings that differ from the example's, or an environment of its own. */
type GoldenStack = { changes: Partial<Settings> } | { environment: EphemeralEnvironmentArgs };

/** The stacks that have a golden file, by its name. */
export const goldenStacks: Record<string, GoldenStack> = {
  preview: { changes: {} },
  fork: { changes: { trust: "fork", registry: undefined, pull: undefined } },
  shop: { changes: { functions: ["order"], services: ["queue-master", "session-db"] } },
  everything: { environment: everything },
  kinds: { environment: kinds },
};
