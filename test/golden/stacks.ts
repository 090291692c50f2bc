import type { EphemeralEnvironmentArgs } from "../../components/environment/ephemeralEnvironmentArgs.ts";
import type { Settings } from "../../stacks/settings.ts";
import { backingServices } from "../../components/model/graph/backingServices.ts";
import { everything } from "./everything.ts";
import { suites } from "./suites.ts";
import { kept } from "./kept.ts";
import { kinds } from "./kinds.ts";

/** What a stack is made of: the preview's settings that differ from the example's, or an environment of its own. */
type GoldenStack = { changes: Partial<Settings> } | { environment: EphemeralEnvironmentArgs };

/** The stacks that have a golden file, by its name. */
export const goldenStacks: Record<string, GoldenStack> = {
  preview: { changes: {} },
  fork: { changes: { trust: "fork", registry: undefined, pull: undefined } },
  standing: { changes: standing() },
  shop: { changes: { functions: ["order"], services: ["queue-master", "session-db"] } },
  everything: { environment: everything },
  suites: { environment: suites },
  kinds: { environment: kinds },
  kept: { environment: kept },
  backing: { environment: withBackingServices() },
};

/** The shop with all that an environment may have that stays. */
function standing(): Partial<Settings> {
  const liveness = { path: "/version" };
  return {
    ...{ kind: "standing", stack: "staging" },
    scale: {
      deals: { replicas: 3, gracePeriodSeconds: 20, liveness },
      catalogue: { autoscaling: { min: 2, max: 6, cpuPercent: 70 } },
    },
    volumes: { "catalogue-db": { size: "5Gi", storageClass: "fast" } },
  };
}

/** An application that uses each of the backing services that are ready to use. */
function withBackingServices(): EphemeralEnvironmentArgs {
  const image = `registry.example.com/shop/api@sha256:${"1".repeat(64)}`;
  const commit = "0123456789abcdef0123456789abcdef01234567";
  return {
    identity: { stack: "backing", project: "shop/api", ref: "main", commit },
    application: {
      ...{ name: "api", image, port: 80, containerPort: 8080 },
      uses: backingServices.services.map(({ name }) => name),
      // More than one of them gives these.
      environment: { DATABASE_URL: "$(POSTGRES_URL)?application_name=api", REDIS_URL: "$(VALKEY_URL)" },
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
    backing: { catalogue: backingServices },
    tests: [{ command: ["npm", "test"] }],
  };
}
