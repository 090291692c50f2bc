import { inspect } from "node:util";
import * as components from "../../components/index.ts";
import type { Service } from "../../components/index.ts";
import { deals as application } from "../../example/shop.ts";
import { code, markdownTable } from "./markdownTable.ts";

const gateway = { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } };
const deals: Service = { name: "deals", ...application };

const services: Service[] = [
  ...components.sockShop.services.filter(({ name }) => name.startsWith("catalogue")),
  deals,
];
const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const namespace = "env-feature-login";
const source = { stack: "feature-login", project: "shop/deals", ref: "feature/login", commit: "9dff06f" };

interface Mistakes {
  /** Arguments that are right. */
  right: object;
  /** What is given instead, in words, and the arguments that it changes. */
  wrong: Record<string, object>;
}

const mistakes: Record<string, Mistakes> = {
  ServiceDeployment: {
    right: { namespace, service: deals, services, image },
    wrong: {
      "no `services`, though the service uses `catalogue`": { services: undefined },
      "`service` with `containerPort: 80`": { services: undefined, service: { ...deals, containerPort: 80 } },
    },
  },
  ApplicationImage: {
    right: { image },
    wrong: {
      "neither `image` nor `build`": { image: undefined },
      "both `image` and `build`": { build: {} },
    },
  },
  ProbeImage: {
    right: { repository: "registry.example.com/shop/probe", base: image },
    wrong: {
      '`base: "node:24"`': { base: "node:24" },
      "`login` without `password`": { login: { server: "registry.example.com", username: "ci" } },
    },
  },
  EnvironmentAccess: {
    right: { namespace },
    wrong: { '`users: [""]`': { users: [""] }, '`groups: [" "]`': { groups: [" "] } },
  },
  EphemeralEnvironment: {
    right: {
      identity: source,
      application: { ...deals, image },
      backing: { catalogue: components.sockShop },
      tests: [{ command: ["npm", "test"] }],
    },
    wrong: {
      "`application` with neither `image` nor `build`": { application: deals },
      '`application` with `build`, and `trust: "fork"`': {
        trust: "fork",
        application: { ...deals, build: {} },
      },
      '`backing` with `functions: ["brows"]`': {
        backing: { catalogue: components.sockShop, functions: ["brows"] },
      },
      '`backing` with `names: ["redis"]`': {
        backing: { catalogue: components.sockShop, names: ["redis"] },
      },
      '`application` with `uses: ["catalog"]`': { application: { ...deals, image, uses: ["catalog"] } },
      '`lifetime: { tll: "4h" }`': { lifetime: { tll: "4h" } },
      '`labels: { "dynenv/job": "test" }`': { labels: { "dynenv/job": "test" } },
      "two `tests` without names": { tests: [{ command: ["lint"] }, { command: ["test"] }] },
      '`tests: [{ image, service: "deals" }]`': { tests: [{ image, service: "deals" }] },
      "`cap: { pods: 5 }`": { cap: { pods: 5 } },
      '`trust: "forks"`': { trust: "forks" },
      "`application` with `user: 0`": { application: { ...deals, image, user: 0 } },
    },
  },
  NetworkIsolation: {
    right: { namespace, services },
    wrong: {
      "`services` without `catalogue`, which `deals` uses": { services: [deals] },
      "`services` of which one has no port, and another uses it": {
        services: [{ name: "worker" }, { ...deals, uses: ["worker"] }],
      },
      "an `egress` to a cloud's metadata address": {
        services: [
          ...services,
          { ...deals, name: "thief", egress: [{ cidr: "169.254.169.254/32", port: 80 }] },
        ],
      },
    },
  },
  ReadinessCheck: {
    right: {
      ...{ namespace, services, application: "deals", commit: "9dff06f", image, serviceAccountName: "ci" },
      revisions: Object.fromEntries(services.map(({ name }) => [name, "r1"])),
    },
    wrong: {
      '`application: "deal"`': { application: "deal" },
      "`revisions: {}`": { revisions: {} },
    },
  },
  Route: {
    right: { namespace, service: { ...deals, exposed: true }, gateway },
    wrong: {
      "`service` without `exposed`": { service: { ...deals, exposed: false } },
      "`gateway` with neither `name` nor `ingressClass`": { gateway: { ...gateway, name: undefined } },
      '`gateway` with `domain: "*.example.com"`': { gateway: { ...gateway, domain: "*.example.com" } },
      "a `namespace` that leaves no room for the service's name": { namespace: `env-${"x".repeat(57)}` },
    },
  },
  RegistrySecret: {
    right: { namespace },
    wrong: {
      "neither `logins` nor `dockerConfig`": {},
      "a login without credentials": { logins: [{ server: "registry.example.com" }] },
      "a login with both": { logins: [{ server: "registry.example.com", password: "a", token: "b" }] },
      "a password without a user": { logins: [{ server: "registry.example.com", password: "a" }] },
    },
  },
  ResourceLimits: {
    right: { namespace, services },
    wrong: {
      '`cap: { memory: "1Gi" }`': { cap: { memory: "1Gi" } },
      '`cap: { cpu: "4 cores" }`': { cap: { cpu: "4 cores" } },
      "`cap: { pods: 0 }`": { cap: { pods: 0 } },
      '`suites` with `requests: { cpu: "2", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" }`': {
        suites: [{ requests: { cpu: "2", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } }],
      },
    },
  },
  EnvironmentNamespace: {
    right: source,
    wrong: {
      '`stack: ""`': { stack: "" },
      '`ttl: "1 day"`': { ttl: "1 day" },
      '`mergeRequest: "!12"`': { mergeRequest: "!12" },
      '`deployedAt: "today"`': { deployedAt: "today" },
      '`trust: "forks"`': { trust: "forks" },
    },
  },
  BackingServices: {
    right: { namespace, catalogue: components.sockShop },
    wrong: {
      "no `catalogue`": { catalogue: undefined },
      '`functions: ["checkout"]`': { functions: ["checkout"] },
      '`names: ["session"]`': { names: ["session"] },
    },
  },
  TestRunner: {
    right: { namespace, services, commit: "9dff06f", image, command: ["npm", "test"] },
    wrong: {
      "`command: []`": { command: [] },
      "both `command` and `suites`": { suites: [{ command: ["npm", "test"] }] },
      '`suites: [{ name: "Smoke" }]`': { command: undefined, suites: [{ name: "Smoke" }] },
      '`suites: [{ limits: { memory: "2Gi" } }]`': {
        ...{ command: undefined, suites: [{ limits: { memory: "2Gi" } }] },
      },
      '`suites: [{ results: "junit.xml" }]`': { command: undefined, suites: [{ results: "junit.xml" }] },
    },
  },
};

/** Changes of the service `deals` that make it wrong. */
const wrongServices: object[] = [
  { name: "Deals" },
  { name: "catalogue" },
  { containerPort: 80 },
  { containerPort: undefined },
  { ports: { metrics: { port: 80, containerPort: 9100 } } },
  { ports: { Metrics: { port: 9100 } } },
  { healthPort: "management" },
  { probe: {} },
  { files: { "etc/settings.json": "{}" } },
  { writablePaths: ["/tmp:2GB"] },
  { healthPath: "health" },
  { uses: ["catalog"] },
  { writablePath: ["/tmp"] },
  { requests: { cpu: "2", memory: "64Mi" } },
  { limits: { cpu: "1", memory: "192MB" } },
  { limits: { cpu: "1" } },
  { capabilities: ["SYS_ADMIN"] },
  { egress: [{ cidr: "example.com", port: 443 }] },
  { replicas: 0 },
  { gives: { DEALS_URL: "http://$(ADRESS)" } },
  { before: ["node", "migrate.js"] },
  { tasks: { nightly: { command: ["node", "tidy.js"], schedule: "3:00" } } },
];

/** What is given to a component, or what of a service, and what is said of it. */
export function errorTable(name: string): string {
  return markdownTable(["given", "error"], name === "Service" ? serviceRows() : componentRows(name));
}

function componentRows(name: string): string[][] {
  const known = mistakes[name];
  if (known === undefined) throw new Error(`mistakes.ts has no mistakes for ${name}`);
  return Object.entries(known.wrong).map(([given, change]) => [
    given,
    code(errorOf(name, { ...known.right, ...change })),
  ]);
}

function serviceRows(): string[][] {
  return wrongServices.map((change) => {
    const args = { namespace, services: [...services.slice(0, -1), { ...deals, ...change }] };
    const given = inspect(change, { breakLength: Infinity, depth: 4, compact: 5 })
      .slice(2, -2)
      .replaceAll("'", '"')
      .replace(/\[ | \]/g, (bracket) => bracket.trim());
    return [code(given), code(errorOf("NetworkIsolation", args).replace(/^.*?": /, ""))];
  });
}

type Component = new (name: string, args: object) => unknown;

/** Each of these errors comes before the component is registered, so that no engine is needed. */
function errorOf(name: string, args: object): string {
  const Class = (components as unknown as Record<string, Component>)[name];
  if (Class === undefined) throw new Error(`there is no component ${name}`);
  try {
    new Class("preview", args);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${name} accepts what mistakes.ts gives it`);
}
