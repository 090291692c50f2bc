import { describe, expect, it } from "vitest";
import * as components from "../../components/index.ts";
import { construct, type Construction } from "../../rendering/construction.ts";
import { componentsIn, kindOf } from "./registrations.ts";
import { service } from "./randomServices.ts";

const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const namespace = "staging";
const seed = { command: ["fill"], files: { "data.sql": "x" } };
const deals = service("deals", { uses: ["db"], commitPath: "/version", seed });
const services = [service("db", { healthPath: "/health" }), deals];
const identity = { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" };
const lifetime = { deployedAt: "2026-03-01T12:00:00Z" };
const run = { ...identity, ...lifetime };

const revision: unknown = expect.stringMatching(/^r[a-z2-7]{12}$/);

/** Each component alone: how it is built, the kinds that it creates, what it registers as its outputs. */
const alone: Record<string, [(name: string) => unknown, string[], Record<string, unknown>]> = {
  EnvironmentNamespace: [
    (name) => new components.EnvironmentNamespace(name, run),
    ["Namespace"],
    { namespaceName: "env-feature-login", expiresAt: "2026-03-02T12:00:00Z" },
  ],
  RegistrySecret: [
    (name) => new components.RegistrySecret(name, { namespace, logins: [{ server: "a", token: "t" }] }),
    ["Secret"],
    { secretName: "gitlab-registry" },
  ],
  ResourceLimits: [
    (name) => new components.ResourceLimits(name, { namespace, services }),
    ["LimitRange", "ResourceQuota"],
    { limitedNamespace: "staging" },
  ],
  NetworkIsolation: [
    (name) => new components.NetworkIsolation(name, { namespace, services }),
    Array<string>(5).fill("NetworkPolicy"),
    { isolatedNamespace: "staging" },
  ],
  ServiceDeployment: [
    (name) =>
      new components.ServiceDeployment(name, {
        ...{ namespace, service: deals, services, image },
        variables: { LEVEL: "info" },
        secrets: { TOKEN: "t" },
      }),
    ["ConfigMap", "ConfigMap", "Deployment", "Job", "Secret", "Service", "ServiceAccount"],
    { address: "deals:80", revision },
  ],
  BackingServices: [
    (name) =>
      new components.BackingServices(name, {
        ...{ namespace, catalogue: components.sockShop, names: ["catalogue"] },
      }),
    [
      ["ServiceDeployment", "ServiceDeployment", "Deployment", "Deployment", "RandomPassword", "Secret"],
      ["Service", "Service", "ServiceAccount", "ServiceAccount"],
    ].flat(),
    {
      addresses: { catalogue: "catalogue:80", "catalogue-db": "catalogue-db:3306" },
      images: {
        catalogue: expect.stringMatching(/^[a-z.]+\/weaveworksdemos\/catalogue:0\.3\.5@sha256:/) as string,
        "catalogue-db": expect.stringMatching(/^[a-z.]+\/weaveworksdemos\/catalogue-db:.*@sha256:/) as string,
      },
      revisions: { catalogue: revision, "catalogue-db": revision },
    },
  ],
  TestRunner: [
    (name) =>
      new components.TestRunner(name, { namespace, services, commit: "9dff06f", image, command: ["test"] }),
    ["CronJob", "ServiceAccount"],
    { serviceAccountName: "test-runner" },
  ],
  ReadinessCheck: [
    (name) =>
      new components.ReadinessCheck(name, {
        ...{ namespace, services, image, application: "deals", commit: "9dff06f" },
        ...{ revisions: { db: "r1", deals: "r2" }, serviceAccountName: "test-runner" },
      }),
    ["Job", "Service"],
    { readyCommit: "9dff06f" },
  ],
  EnvironmentAccess: [
    (name) => new components.EnvironmentAccess(name, { namespace, users: ["ada@example.com"] }),
    ["Role", "Role", "RoleBinding", "RoleBinding"],
    {},
  ],
  ApplicationImage: [
    (name) =>
      new components.ApplicationImage(name, {
        build: { ...run, repository: "registry.example.com/shop/deals", context: "example" },
      }),
    ["Image"],
    { image: `registry.example.com/shop/deals:main-9dff06f@sha256:${"2".repeat(64)}` },
  ],
  ProbeImage: [
    (name) => new components.ProbeImage(name, { repository: "registry.example.com/shop/probe", base: image }),
    ["Image"],
    { image: `registry.example.com/shop/probe:node-${"1".repeat(12)}@sha256:${"2".repeat(64)}` },
  ],
  Route: [
    (name) =>
      new components.Route(name, {
        ...{ namespace, service: { ...deals, exposed: true } },
        gateway: { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } },
      }),
    ["HTTPRoute"],
    { url: "https://deals--staging.previews.example.com" },
  ],
  EphemeralEnvironment: [
    (name) =>
      new components.EphemeralEnvironment(name, {
        ...{ identity, lifetime },
        application: { ...service("deals", { commitPath: "/version" }), image },
        tests: [{ command: ["test"] }],
      }),
    [
      [
        "ServiceDeployment",
        "ApplicationImage",
        "CronJob",
        "Deployment",
        "EnvironmentAccess",
        "Job",
        "LimitRange",
      ],
      ["Namespace", "NetworkIsolation", "NetworkPolicy", "NetworkPolicy", "NetworkPolicy", "NetworkPolicy"],
      ["ReadinessCheck", "ResourceLimits", "ResourceQuota", "Role", "RoleBinding", "EnvironmentNamespace"],
      ["Service", "Service", "ServiceAccount", "ServiceAccount", "BackingServices", "TestRunner"],
    ].flat(),
    {
      namespaceName: "env-feature-login",
      addresses: { deals: "deals:80" },
      images: { deals: image },
      urls: {},
      readyCommit: "9dff06f",
      expiresAt: "2026-03-02T12:00:00Z",
    },
  ],
};

it("every component of the package is known here", () => {
  expect(componentsIn(components).sort()).toEqual(Object.keys(alone).sort());
});

describe.each(Object.entries(alone))("%s alone", (component, [build, kinds, outputs]) => {
  const name = "one-of-many";
  let constructed: Promise<Construction> | undefined;
  const resources = async () => (await (constructed ??= construct(() => build(name)))).resources;

  it("has the package's and its class's name as type, and no inputs that could hold a secret", async () => {
    const [self] = await resources();
    expect(self).toMatchObject({
      type: `dynamic-environments:index:${component}`,
      ...{ name, custom: false, inputs: {}, parent: "" },
    });
    const nested = (await resources()).filter(({ custom }) => !custom);
    expect(nested.map(({ inputs }) => inputs)).toEqual(nested.map(() => ({})));
  });

  it("creates what it is for and nothing else", async () => {
    const [, ...children] = await resources();
    expect(children.map(kindOf).sort()).toEqual([...kinds].sort());
  });

  it("names its children after itself, and no two of one kind alike", async () => {
    const [, ...children] = await resources();
    expect(children.filter((child) => !child.parent.startsWith(name))).toEqual([]);
    expect(children.filter((child) => !child.name.startsWith(child.parent))).toEqual([]);
    const titles = children.map((child) => `${kindOf(child)} ${child.name}`);
    expect([...new Set(titles)]).toEqual(titles);
  });

  it("tells its outputs once they are known", async () => {
    await resources();
    expect((await constructed)?.outputs).toContainEqual(outputs);
  });
});
