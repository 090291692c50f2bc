import type {
  EphemeralEnvironmentArgs,
  Readiness,
} from "../../components/environment/ephemeralEnvironmentArgs.ts";
import type { Gateway } from "../../components/model/objects/gateway.ts";
import type { Catalogue } from "../../components/model/graph/service.ts";
import type { DeployedService } from "../../components/services/deployedService.ts";
import {
  applicationToken,
  cachePassword,
  dockerPassword,
  mirrorToken,
  pushPassword,
  registryPassword,
} from "./passwords.ts";

const requests = { cpu: "50m", memory: "64Mi" };
const limits = { cpu: "500m", memory: "128Mi" };
const digest = `sha256:${"3".repeat(64)}`;

const commit = "0123456789abcdef0123456789abcdef01234567";

/** What `kinds` uses. */
export type OfKinds =
  | ("ports" | "healthPort" | "probe" | "startsWithinSeconds" | "files" | "secretFiles")
  | ("exposure" | "workingDirectory" | "gracePeriodSeconds" | "initContainers" | "sidecars");

/** What `kept` uses, which is for environments that stay. */
export type OfKept = "liveness" | "secretRefs" | "autoscaling" | "volume" | "withVolume";

const application: Required<Omit<DeployedService, "image" | OfKinds | OfKept>> = {
  ...{ name: "api", port: 80, containerPort: 8080, healthPath: "/health", commitPath: "/version" },
  uses: ["database"],
  optionalUses: [{ service: "cache", environment: { CACHE: "true" } }],
  exposed: true,
  egress: [
    { cidr: "203.0.113.0/24", port: 443 },
    // Holds metadata addresses, which are taken out, and the range above, for another port.
    { cidr: "0.0.0.0/0", port: 8443 },
    { cidr: "2001:db8::/32", port: 443 },
    { cidr: "::/0", port: 8443 },
  ],
  command: ["node", "server.js"],
  args: ["--verbose"],
  environment: { MODE: "preview" },
  passwords: { DATABASE_PASSWORD: "database" },
  gives: { API_URL: "http://$(ADDRESS)/v1" },
  writablePaths: ["/tmp", "/var/cache/api"],
  readOnlyRootFilesystem: false,
  user: 1000,
  capabilities: ["NET_BIND_SERVICE"],
  replicas: 2,
  ...{ requests, limits },
  seed: { command: ["node", "/seed/fill.js"], files: { "fill.js": "// Fills the database.\n" } },
  before: [
    ["node", "migrate.js"],
    ["node", "check.js", "--all"],
  ],
  tasks: { nightly: { command: ["node", "tidy.js"], schedule: "0 3 * * *", withinSeconds: 900 } },
  build: {
    ...{ repository: "registry.example.com/shop/api", ref: "feature/everything", commit },
    ...{ dirty: "1a2b3c", context: "api", dockerfile: "api/Containerfile", args: { LEVEL: "info" } },
    ...{
      platform: "linux/arm64",
      server: "registry.example.com",
      username: "pusher",
      password: pushPassword,
    },
  },
  variables: { LOG_LEVEL: "info" },
  secrets: { API_TOKEN: applicationToken },
};

const catalogue: Catalogue = {
  services: [
    {
      ...{ name: "page", port: 80, containerPort: 8081, exposed: true, replicas: 3 },
      optionalUses: [{ service: "api" }],
      ...{ requests, limits, image: { repository: "shop/page", tag: "1", digest } },
    },
    {
      ...{ name: "database", port: 5432, containerPort: 5433 },
      egress: [{ cidr: "10.0.0.0/8", port: 5432 }],
      passwords: { ADMIN_PASSWORD: "database" },
      seed: { command: ["fill"] },
      ...{ requests, limits, image: { repository: "shop/database", tag: "1", digest } },
    },
    {
      ...{ name: "cache", port: 6379, containerPort: 6379 },
      ...{ requests, limits, image: { repository: "shop/cache", tag: "1", digest } },
    },
  ],
  functions: { browse: ["page"] },
};

/** Everything that there is, in each group, too: the types demand that nothing is left out. */
type Whole<Args> = { [Key in keyof Args]-?: Required<Args[Key]> };

/** An environment that uses everything that there is. */
export const everything: Whole<
  Omit<Required<EphemeralEnvironmentArgs>, "application" | "gateway" | "readiness">
> & {
  gateway: Required<Omit<Gateway, "ingressClass">>;
  application: typeof application;
  readiness: Required<Omit<Readiness, "service">>;
} = {
  identity: {
    ...{ stack: "everything", project: "shop/api", ref: "feature/everything", commit },
    mergeRequest: "12",
  },
  application,
  services: [
    {
      ...{ name: "mailer", port: 25, containerPort: 2525, uses: ["cache"], ...{ requests, limits } },
      image: `registry.example.com/shop/mailer@sha256:${"6".repeat(64)}`,
      variables: { SENDER: "shop@example.com" },
      secrets: { MAIL_TOKEN: applicationToken },
    },
  ],
  backing: {
    catalogue,
    names: ["cache"],
    functions: ["browse"],
    imageSource: { prefix: "mirror.example.com", standIns: { "shop/cache:1": `sha256:${"4".repeat(64)}` } },
    serviceSecrets: { cache: { CACHE_PASSWORD: cachePassword } },
  },
  registry: {
    logins: [
      { server: "registry.example.com", username: "puller", password: registryPassword },
      { server: "mirror.example.com", token: mirrorToken },
    ],
    dockerConfig: JSON.stringify({ auths: { "other.example.com": { auth: btoa(`ci:${dockerPassword}`) } } }),
  },
  trust: "trusted",
  kind: "preview",
  podSecurity: "restricted",
  lifetime: { ttl: "90m", deployedAt: "2026-03-01T12:00:00Z" },
  cap: { pods: 30, cpu: "30", memory: "8Gi", ephemeralStorage: "100Gi" },
  placement: {
    nodeSelector: { pool: "previews" },
    tolerations: [
      { key: "previews", value: "only", effect: "NoSchedule" },
      { key: "spot", effect: "NoExecute" },
      { key: "arm" },
    ],
    spreadOver: "topology.kubernetes.io/zone",
  },
  access: {
    users: ["ada@example.com"],
    groups: ["developers"],
  },
  gateway: {
    domain: "previews.example.com",
    name: "gateway/previews",
    tls: true,
    port: 8443,
    exposeForks: true,
    pods: { namespace: "traefik", labels: { "app.kubernetes.io/name": "traefik" } },
    inside: { host: "traefik.traefik.svc", port: 443, podPort: 8443 },
  },
  tests: [{ command: ["npm", "test"], withinSeconds: 600 }],
  readiness: {
    image: `registry.example.com/tools/node@sha256:${"5".repeat(64)}`,
    withinSeconds: 90,
  },
  runTasks: true,
  labels: { team: "shop", "example.com/cost-centre": "42" },
  annotations: { "example.com/runbook": "https://example.com/runbooks/preview?of=api" },
};
