import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import * as components from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { service } from "./randomServices.ts";
import { refusal } from "./refusal.ts";
import { componentsIn } from "./registrations.ts";
import { build, image } from "./wrongEnvironments.ts";

/** Programs in YAML can give an output anywhere, for which TypeScript has no type. */
type Create = (name: string, args: never) => unknown;

const namespace = "staging";
const services = [service("deals")];
const exposed = service("deals", { exposed: true });
const gateway = { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } };
const run = { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" };
const logins = [{ server: "registry.example.com", token: "t" }];
const revisions = { deals: "r0123456789ab" };
const probe = { application: "deals", commit: "9dff06f", serviceAccountName: "test-runner" };

/** What every component with objects in Kubernetes takes. */
const metadata = { labels: { team: "shop" }, annotations: { team: "shop" } };

/** The parts of an argument that groups them, by its name and theirs. */
const within = (group: string, parts: object) =>
  Object.fromEntries(Object.entries(parts).map(([part, value]) => [`${group}.${part}`, value as unknown]));

/** Arguments with one in its place, within its group if it has one. */
function withArgument(args: object, path: string, value: unknown): object {
  const [key = "", part] = path.split(".");
  const group = (args as Record<string, object | undefined>)[key];
  return { ...args, [key]: part === undefined ? value : { ...group, [part]: value } };
}

/** How each component is created, its valid arguments, and plain values of those that may be no output. */
const table: [string, Create, object, Record<string, unknown>][] = [
  ["ApplicationImage", (name, args) => new components.ApplicationImage(name, args), { image }, { build }],
  [
    "ProbeImage",
    (name, args) => new components.ProbeImage(name, args),
    { repository: "registry.example.com/shop/probe", base: image },
    {
      repository: "registry.example.com/shop/probe",
      base: image,
      platform: "linux/arm64",
      login: { server: "registry.example.com", username: "ci", password: "p" },
    },
  ],
  [
    "BackingServices",
    (name, args) => new components.BackingServices(name, args),
    { namespace, catalogue: components.sockShop, names: ["user-db"] },
    {
      catalogue: components.sockShop,
      names: ["user-db"],
      functions: ["login"],
      neighbours: services,
      imageSource: { prefix: "docker.io" },
      pullSecrets: [],
      placement: {},
      surge: false,
      drainSeconds: 3,
      readyWithinSeconds: 60,
    },
  ],
  [
    "EnvironmentAccess",
    (name, args) => new components.EnvironmentAccess(name, args),
    { namespace },
    { users: ["ada@example.com"], groups: ["developers"] },
  ],
  [
    "EnvironmentNamespace",
    (name, args) => new components.EnvironmentNamespace(name, args),
    run,
    { stack: "feature-login", trust: "fork", ttl: "4h" },
  ],
  [
    "EphemeralEnvironment",
    (name, args) => new components.EphemeralEnvironment(name, args),
    { identity: run, application: { ...service("deals"), image }, tests: [{ command: ["test"] }] },
    {
      identity: run,
      ...within("identity", run),
      application: { ...service("deals"), image },
      ...within("application", { ...service("deals"), build, variables: {}, secrets: {} }),
      backing: {},
      ...within("backing", {
        catalogue: components.sockShop,
        names: ["catalogue"],
        functions: ["browse"],
        imageSource: { prefix: "docker.io" },
        serviceSecrets: {},
      }),
      registry: {},
      ...within("registry", { logins }),
      trust: "fork",
      lifetime: {},
      ...within("lifetime", { ttl: "4h", deployedAt: "2026-03-01T12:00:00Z" }),
      cap: { pods: 20 },
      placement: {},
      access: {},
      ...within("access", { users: [], groups: [] }),
      gateway,
      ...within("gateway", gateway),
      tests: [{ command: ["test"] }],
      readiness: {},
      ...within("readiness", { withinSeconds: 60 }),
    },
  ],
  [
    "NetworkIsolation",
    (name, args) => new components.NetworkIsolation(name, args),
    { namespace, services },
    { services, egress: false, gateway, ...within("gateway", gateway) },
  ],
  [
    "ReadinessCheck",
    (name, args) => new components.ReadinessCheck(name, args),
    { namespace, image, services, revisions, ...probe },
    {
      ...{ services, revisions, application: "deals", commit: "9dff06f", readyWithinSeconds: 60 },
      ...{ gateway, ...within("gateway", gateway), placement: {} },
    },
  ],
  [
    "Route",
    (name, args) => new components.Route(name, args),
    { namespace, service: exposed, gateway },
    { service: exposed, isApplication: true, gateway, ...within("gateway", gateway) },
  ],
  [
    "RegistrySecret",
    (name, args) => new components.RegistrySecret(name, args),
    { namespace, logins },
    { logins },
  ],
  [
    "ResourceLimits",
    (name, args) => new components.ResourceLimits(name, args),
    { namespace, services },
    { services, cap: { pods: 20 }, surge: false },
  ],
  [
    "ServiceDeployment",
    (name, args) => new components.ServiceDeployment(name, args),
    { namespace, image, service: services[0] },
    {
      service: services[0],
      services,
      variables: { LEVEL: "info" },
      secrets: { TOKEN: "t" },
      pullSecrets: [],
      placement: {},
      surge: false,
      drainSeconds: 3,
      readyWithinSeconds: 60,
    },
  ],
  [
    "TestRunner",
    (name, args) => new components.TestRunner(name, args),
    { namespace, image, services, commit: "9dff06f", command: ["test"] },
    { services, commit: "9dff06f", command: ["test"], pullSecrets: [], placement: {}, testWithinSeconds: 60 },
  ],
];

const cases = table.flatMap(([component, create, valid, plain]) =>
  Object.entries({ ...(!component.endsWith("Image") && metadata), ...plain }).flatMap(([key, value]) =>
    [pulumi.output(value), pulumi.secret(value)].map((output, index) => ({
      ...{ component, create, key, output, kind: index === 0 ? "output" : "secret" },
      valid,
    })),
  ),
);

describe("a component", () => {
  it("is in the table, each one", () => {
    expect(table.map(([component]) => component).sort()).toEqual(componentsIn(components).sort());
  });

  it.each(table)("%s is created with the plain arguments", async (component, create, valid) => {
    const { resources } = await construct(() => create("x", valid as never));
    expect(resources[0]?.type).toBe(`dynamic-environments:index:${component}`);
  });
});

describe("what must be known when the program runs", () => {
  it.each(cases)(
    "is refused as an $kind: $key of $component",
    async ({ component, create, key, output, valid }) => {
      expect(await refusal(() => create("x", withArgument(valid, key, output) as never))).toEqual({
        sentences: [
          `${component} "x": ${key} is an output but must be known when the program runs: give a plain value, with outputs or secrets only within`,
        ],
        registered: [],
      });
    },
  );
});

describe("what may be known later", () => {
  const later = (args: object, values: Record<string, string>) =>
    Object.entries(values).reduce((all, [key, value]) => withArgument(all, key, pulumi.output(value)), args);

  it.each<[string, Record<string, string>]>([
    ["ServiceDeployment", { namespace, image }],
    ["ApplicationImage", { image }],
    ["EnvironmentAccess", { namespace, testServiceAccount: "test" }],
    [
      "EphemeralEnvironment",
      {
        "application.image": image,
        "readiness.image": image,
        "registry.dockerConfig": '{"auths": {"a": {"auth": "YTpi"}}}',
      },
    ],
    ["NetworkIsolation", { namespace }],
    ["ReadinessCheck", { namespace, image, serviceAccountName: "test-runner" }],
    [
      "RegistrySecret",
      { namespace, secretName: "logins", dockerConfig: '{"auths": {"a": {"auth": "YTpi"}}}' },
    ],
    ["ResourceLimits", { namespace }],
    ["EnvironmentNamespace", { project: "shop/deals", ref: "main", commit: "9dff06f" }],
    ["BackingServices", { namespace }],
    ["TestRunner", { namespace, image, readinessImage: image }],
  ])("is taken as an output by %s: %j", async (component, values) => {
    const [, create, valid] = table.find(([name]) => name === component) ?? [];
    const { sentences, registered } = await refusal(() => create?.("x", later(valid ?? {}, values) as never));
    expect(sentences).toEqual([]);
    expect(registered[0]).toBe(component);
  });
});
