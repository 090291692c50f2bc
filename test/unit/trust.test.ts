import { beforeAll, describe, expect, it } from "vitest";
import {
  type DeployedService,
  EphemeralEnvironment,
  type EphemeralEnvironmentArgs,
  sockShop,
  type Trust,
} from "../../components/index.ts";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import type { PolicySpec } from "../../components/model/objects/networkPolicies.ts";
import { plan } from "../../components/model/plan.ts";
import { cappedTtlMs, timeToLive, trustRules, ttlMs } from "../../components/model/lifetime/trust.ts";
import { generatedPassword } from "../../rendering/construction.ts";
import { manifestsOf, type Manifest } from "../../rendering/manifests.ts";
import { constructPreview, exampleSettings } from "../golden/preview.ts";
import { construct, type Construction } from "../../rendering/construction.ts";
import { isAllowed } from "./policyEvaluator.ts";
import { namesOf, service } from "./randomServices.ts";
import { kindOf, secretsOf } from "./registrations.ts";

const token = "correct-horse-battery";
const key = "staple-of-the-application";
const ofDatabase = "staple-of-the-database";
const deals = service("deals", {
  uses: ["catalogue"],
  exposed: true,
  egress: [{ cidr: "203.0.113.0/24", port: 443 }],
});

const application: DeployedService = {
  ...deals,
  image: `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`,
  variables: { LEVEL: "info" },
  secrets: { API_KEY: key },
};

const environment = (args: Partial<EphemeralEnvironmentArgs>) =>
  new EphemeralEnvironment("preview", {
    identity: { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" },
    application,
    backing: {
      catalogue: sockShop,
      serviceSecrets: { "catalogue-db": { REPLICATION_KEY: ofDatabase } },
    },
    registry: {
      logins: [{ server: "registry.example.com", token }],
      dockerConfig: JSON.stringify({ auths: { "other.example.com": { auth: btoa(`u:${token}`) } } }),
    },
    tests: [{ command: ["test"] }],
    ...args,
  });

const gateway = { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } };
const build = (args: Partial<EphemeralEnvironmentArgs> = {}) =>
  construct(() => environment({ gateway, ...args }));

/** Seconds for which pods answer on once they are to end, of those that do. */
function drainsOf(manifests: Manifest[]): number[] {
  const sleeps = JSON.stringify(manifests).matchAll(/"preStop":\{"sleep":\{"seconds":(\d+)\}\}/g);
  return [...sleeps].map(([, seconds]) => Number(seconds));
}

/** How environments differ by trust. docs/trust.md shows it as a table. */
const differences: [Trust, Record<string, unknown>][] = [
  [
    "trusted",
    {
      pullSecrets: ["gitlab-registry"],
      secrets: [
        "catalogue-db-password",
        "gitlab-registry",
        "preview-deals-secrets",
        "preview-backing-catalogue-db-secrets",
      ],
      envFrom: ["configMapRef", "secretRef"],
      egress: true,
      exposed: true,
      drainSeconds: [3],
      pods: "8",
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "100%", maxUnavailable: 0 } },
      ttl: "24h",
    },
  ],
  [
    "fork",
    {
      pullSecrets: [],
      secrets: ["catalogue-db-password"],
      envFrom: ["configMapRef"],
      egress: false,
      exposed: false,
      drainSeconds: [],
      pods: "5",
      strategy: { type: "Recreate" },
      ttl: "4h",
    },
  ],
];

describe.each(differences)("an environment with trust %s", (trust, expected) => {
  let constructed: Construction;
  let manifests: Manifest[];
  const of = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);

  beforeAll(async () => {
    constructed = await build({ trust });
    manifests = manifestsOf(constructed);
  });

  it("has the logins, secrets and variables that it may have", () => {
    const accounts = of("ServiceAccount").map(
      ({ imagePullSecrets }) => imagePullSecrets as { name: string }[],
    );
    const pulled = accounts.map((secrets) => secrets.map(({ name }) => name));
    expect(pulled).toEqual(Array(4).fill(expected.pullSecrets));
    const secrets = constructed.resources.filter((resource) => kindOf(resource) === "Secret");
    const names = secrets.map(({ name, inputs }) => (inputs.metadata as { name?: string }).name ?? name);
    expect(names.sort()).toEqual((expected.secrets as string[]).toSorted());
    const deployment = of("Deployment").find(({ metadata }) => metadata.name === "deals");
    const { template } = deployment?.spec as { template: { spec: { containers: { envFrom: object[] }[] } } };
    const envFrom = template.spec.containers.flatMap((container) => container.envFrom);
    expect(envFrom.flatMap(Object.keys)).toEqual(expected.envFrom);
  });

  it("reaches destinations outside if and only if it may, and looks up names in any case", () => {
    const policies = of("NetworkPolicy").map(({ spec }) => spec as PolicySpec);
    const namespace = { "kubernetes.io/metadata.name": "env-a" };
    const from = { labels: workloadLabels("deals"), namespace };
    const dns = {
      labels: { "k8s-app": "kube-dns" },
      namespace: { "kubernetes.io/metadata.name": "kube-system" },
    };
    const way = { policies, from, protocol: "TCP" };
    expect(isAllowed({ ...way, to: { ip: "203.0.113.7" }, port: 443 })).toBe(expected.egress);
    expect(isAllowed({ ...way, to: dns, port: 53 })).toBe(true);
    const gateway = { labels: {}, namespace: { "kubernetes.io/metadata.name": "traefik" } };
    const fromOutside = { policies, from: gateway, to: from, port: 8080, protocol: "TCP" };
    expect(isAllowed(fromOutside)).toBe(expected.exposed);
    expect(of("HTTPRoute")).toHaveLength(expected.exposed === true ? 1 : 0);
    const blocks = [...JSON.stringify(policies).matchAll(/"cidr":"([^"]*)"/g)].map(([, cidr]) => cidr);
    expect(blocks).toEqual(["169.254.20.10/32", ...(expected.egress === true ? ["203.0.113.0/24"] : [])]);
  });

  it("has addresses where the gateway says so of forks, too", async () => {
    const routed = manifestsOf(await build({ trust, gateway: { ...gateway, exposeForks: true } }));
    expect(routed.filter(({ kind }) => kind === "HTTPRoute")).toHaveLength(1);
    expect(JSON.stringify(routed)).toContain('"kubernetes.io/metadata.name":"traefik"');
    expect(drainsOf(routed)).toEqual(expected.drainSeconds);
  });

  it("drains the pods that the gateway calls, or none, and none where there is no gateway", async () => {
    expect(drainsOf(manifests)).toEqual(expected.drainSeconds);
    const unreached = { ...application, exposed: false };
    expect(drainsOf(manifestsOf(await build({ trust, application: unreached })))).toEqual([]);
    expect(drainsOf(manifestsOf(await construct(() => environment({ trust }))))).toEqual([]);
  });

  it("has a quota with room for a surge, and surges, or neither", () => {
    const [resourceQuota] = of("ResourceQuota");
    expect((resourceQuota?.spec as { hard: Record<string, string> }).hard.pods).toBe(expected.pods);
    const strategies = of("Deployment").map(
      (deployment) => (deployment.spec as { strategy: unknown }).strategy,
    );
    expect(strategies).toEqual(Array(3).fill(expected.strategy));
  });

  it("is marked with its trust, and with how long it may exist", async () => {
    const marks = (all: Manifest[]) =>
      all.find(({ kind }) => kind === "Namespace")?.metadata.annotations ?? {};
    expect(marks(manifests)).toMatchObject({ "dynenv/trust": trust, "dynenv/ttl": expected.ttl });
    const shorter = manifestsOf(await build({ trust, lifetime: { ttl: "30m" } }));
    expect(marks(shorter)).toMatchObject({ "dynenv/trust": trust, "dynenv/ttl": "30m" });
  });
});

describe("an environment of a fork", () => {
  it("gets no credential that is not its own, not even as a secret", async () => {
    const constructed = await build({ trust: "fork" });
    const all = JSON.stringify([constructed.resources, constructed.outputs]);
    expect([token, btoa(`u:${token}`), key, ofDatabase].filter((text) => all.includes(text))).toEqual([]);
    expect(secretsOf(constructed)).toEqual({
      "Secret preview-backing-catalogue-db-password": [{ password: generatedPassword }],
    });
  });

  it("pulls without a login also when its stack has one", async () => {
    const { resources } = await constructPreview({ trust: "fork" });
    expect(exampleSettings.registry).toBeDefined();
    expect(resources.map(kindOf)).not.toContain("RegistrySecret");
  });
});

describe("an environment without a word about trust", () => {
  it("is trusted", async () => {
    expect(JSON.stringify(manifestsOf(await build()))).toBe(
      JSON.stringify(manifestsOf(await build({ trust: "trusted" }))),
    );
  });
});

describe("the cap of an environment", () => {
  it("is held against what the trust makes of the need", async () => {
    const alone = { application: { ...application, uses: [] }, backing: {}, cap: { pods: 3 } };
    await expect(build({ ...alone, trust: "fork" })).resolves.toBeDefined();
    await expect(build(alone)).rejects.toThrow(/: cap\.pods is 3 but .* needs 4: /);
  });

  it("is held against what its largest suite of tests may use", async () => {
    const limits = { cpu: "1", memory: "2Gi" };
    const tests = [{ command: ["test"] }, { name: "browser", command: ["test"], limits }];
    const cap = { memory: "2500Mi" };
    const alone = { application: { ...application, uses: [] }, backing: {}, cap };
    await expect(build(alone)).resolves.toBeDefined();
    await expect(build({ ...alone, tests })).rejects.toThrow(/: cap\.memory is 2500Mi but .* needs /);
  });
});

describe("the plan of an environment", () => {
  it("is what the application uses, what else is wanted, and the application", () => {
    const { services, backing, rules } = plan({
      application: deals,
      catalogue: sockShop,
      functions: ["login"],
      names: ["payment"],
    });
    const wanted = ["catalogue", "catalogue-db", "front-end", "payment", "user", "user-db"];
    expect(namesOf(backing).sort()).toEqual(wanted);
    expect(namesOf(services).sort()).toEqual([...wanted, "deals"].sort());
    expect(rules).toMatchObject({ surge: true, egress: true });
  });

  it("has the variables that follow from these services", () => {
    const planned = plan({ application: deals, catalogue: sockShop, trust: "fork" });
    const { services } = planned;
    expect(planned.variables[deals.name]).toEqual(environmentVariables(deals, services));
    expect(Object.keys(planned.variables)).toEqual(namesOf(services));
  });

  it("is the application alone where it uses nothing", () => {
    const alone = service("alone");
    expect(plan({ application: alone })).toMatchObject({ services: [alone], backing: [] });
  });

  it.each(["", "Fork", "none"])("of trust %j is refused", (trust) => {
    expect(() => plan({ application: deals, trust })).toThrow(
      new Error(`trust is "${trust}" but must be trusted or fork`),
    );
  });
});

describe("a time to live", () => {
  it.each([undefined, "", "root"])("of the unknown trust %j is no longer than a fork's", (trust) => {
    expect(cappedTtlMs("30d", trust)).toBe(ttlMs(trustRules.fork.maxTtl));
  });

  it.each<[string, Trust, boolean]>([
    ["30d", "trusted", true],
    ["31d", "trusted", false],
    ["721h", "trusted", false],
    ["7d", "fork", true],
    ["8d", "fork", false],
    ["99999d", "fork", false],
  ])("of %s is within what %s allows: %j", (ttl, trust, expected) => {
    const life = () => timeToLive(ttl, trustRules[trust]);
    if (expected) expect(life()).toBe(ttl);
    else
      expect(life).toThrow(
        /^ttl is "\w+" but must be at most (30|7)d with this trust: deploy again to renew it$/,
      );
    expect(cappedTtlMs(ttl, trust)).toBeLessThanOrEqual(ttlMs(trustRules[trust].maxTtl) ?? 0);
  });
});
