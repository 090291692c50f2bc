import type { EphemeralEnvironmentArgs } from "../../components/environment/ephemeralEnvironmentArgs.ts";
import type { CatalogueService } from "../../components/model/graph/service.ts";
import type { DeployedService } from "../../components/services/deployedService.ts";
import type { OfKinds } from "./everything.ts";
import { applicationToken } from "./passwords.ts";

const image = (repository: string) => ({ repository, tag: "1", digest: `sha256:${"3".repeat(64)}` });

const application: Required<Pick<DeployedService, OfKinds>> & DeployedService = {
  ...{ name: "api", port: 8080, healthPath: "/health", healthPort: "management" },
  ports: { management: { port: 81, containerPort: 8181 }, metrics: { port: 9100 } },
  probe: { grpcPort: 9090 },
  startsWithinSeconds: 60,
  uses: ["database", "names", "queue"],
  files: { "/etc/api/settings.json": '{"level": "info"}', "/tmp/motd": "hello" },
  secretFiles: { "/etc/api/key.pem": applicationToken },
  workingDirectory: "/app",
  gracePeriodSeconds: 30,
  writablePaths: ["/tmp", "/var/cache/api:2Gi"],
  sidecars: [
    {
      ...{ name: "proxy", image: `registry.example.com/tools/proxy@sha256:${"7".repeat(64)}` },
      ...{ args: ["--to", "$(DATABASE_ADDRESS)"], environment: { LEVEL: "debug" } },
      ...{ requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
    },
  ],
  exposure: { path: "/api", port: "management" },
  initContainers: [{ name: "settings", command: ["node", "settings.js"] }],
  image: `registry.example.com/shop/api@sha256:${"6".repeat(64)}`,
};

const services: CatalogueService[] = [
  { ...{ name: "database", port: 5432, limits: { cpu: "2", memory: "1Gi" } }, image: image("shop/database") },
  {
    name: "names",
    ports: { dns: { port: 53, containerPort: 5353, protocol: "UDP" } },
    ...{ limits: { cpu: "20m", memory: "64Mi" }, image: image("shop/names") },
  },
  {
    ...{ name: "queue", port: 5672, image: image("shop/queue") },
    probe: { command: ["queue", "ping"] },
    startsWithinSeconds: 61,
    requests: { cpu: "2", memory: "1Gi", ephemeralStorage: "2Gi" },
  },
  { ...{ name: "worker", uses: ["queue"], seed: { command: ["fill"] } }, image: image("shop/worker") },
  {
    ...{ name: "mailer", uses: ["queue"], image: image("shop/mailer") },
    ...{ probe: { command: ["test", "-f", "/tmp/ready"] }, writablePaths: ["/tmp"] },
  },
];

/** An environment with a service of every kind. */
export const kinds: EphemeralEnvironmentArgs = {
  identity: { stack: "kinds", project: "shop/api", ref: "feature/kinds", commit: "9dff06f" },
  application,
  backing: { catalogue: { services, functions: {} }, names: ["worker", "mailer"] },
  gateway: { domain: "previews.example.com", ingressClass: "nginx", pods: { namespace: "traefik" } },
  tests: [{ command: ["npm", "test"] }],
};
