import type { EphemeralEnvironmentArgs } from "../../components/environment/ephemeralEnvironmentArgs.ts";
import type { DeployedService } from "../../components/services/deployedService.ts";
import type { OfKept } from "./everything.ts";

type Having<Fields extends OfKept> = Required<Pick<DeployedService, Fields>> & DeployedService;

const image = (name: string) => `registry.example.com/shop/${name}@sha256:${"6".repeat(64)}`;

const api: Having<"liveness" | "secretRefs" | "autoscaling"> = {
  ...{ name: "api", port: 8080, image: image("api"), uses: ["store"] },
  ports: { admin: { port: 9000 } },
  liveness: { path: "/alive", port: "admin" },
  secretRefs: { API_KEY: { secret: "shop-keys", key: "api" } },
  autoscaling: { min: 2, max: 6, cpuPercent: 70 },
};

const store: Having<"volume" | "withVolume"> = {
  ...{ name: "store", port: 5432, image: image("store"), user: 999 },
  ...{ args: ["--fast"], environment: { MODE: "fast" }, writablePaths: ["/data", "/cache:1Gi", "/tmp"] },
  volume: { size: "20Gi", storageClass: "fast", path: "/data" },
  withVolume: { args: ["--safe"], environment: { MODE: "safe" } },
  seed: { command: ["fill"], files: { "data.sql": "SELECT 1;\n" } },
  before: [["migrate"]],
};

/** An environment that stays, with all that only such a one has. */
export const kept: EphemeralEnvironmentArgs = {
  identity: { stack: "kept", project: "shop/api", ref: "main", commit: "9dff06f" },
  kind: "standing",
  application: api,
  services: [store],
  tests: [{ command: ["npm", "test"] }],
};
