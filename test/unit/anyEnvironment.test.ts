import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Companion,
  type DeployedService,
  EphemeralEnvironment,
  type EphemeralEnvironmentArgs,
} from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf, templateOf, titleOf, type KubernetesObject } from "./kubernetesObjects.ts";
import { rules } from "./kubernetesRules.ts";
import { calledBy, catalogues, listening, namesOf, serviceUsing } from "./randomServices.ts";
import "./seed.ts";

const image = `registry.example.com/shop/app@sha256:${"1".repeat(64)}`;
const published = { repository: "shop/any", tag: "1", digest: `sha256:${"2".repeat(64)}` };
const text = fc.string({ maxLength: 5 });
/** Any text that is not blank. */
const name = text.filter((any) => any.trim() !== "");
/** No variable is both open and secret. */
const variables = (...names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), text, { noNullPrototype: true });

/** What a program gives a service beside its definition. */
const given = fc.record(
  {
    variables: variables("LEVEL", "a_B1", "_"),
    secrets: variables("TOKEN", "URL", "a_B2"),
    secretFiles: variables("/run/key.pem", "/etc/keys/b"),
    initContainers: fc.constant<Companion[]>([{ name: "settings" }]),
    sidecars: fc.constant<Companion[]>([{ name: "proxy", image, environment: { LEVEL: "info" } }]),
  },
  { requiredKeys: [] },
);

/** Environments take long to build, and so a failure is told without looking for a simpler one. */
const soon = { endOnFailure: true };

/** Any services as the catalogue, any of them wanted, and an application with the longest name or a short one. */
const environments: fc.Arbitrary<EphemeralEnvironmentArgs> = catalogues
  .chain((services): fc.Arbitrary<EphemeralEnvironmentArgs> => {
    const names = namesOf(services);
    const callable = namesOf(services.filter((service) => listening(service).length > 0));
    const application = fc
      .constantFrom("app", `app-${"y".repeat(59)}`)
      .chain((name) => serviceUsing(name, callable));
    return fc.record(
      {
        identity: fc.record({
          stack: fc.constantFrom("feature-login", "Feature_Login", "x".repeat(94)),
          project: name,
          ref: name,
          commit: fc.constant("9dff06f"),
        }),
        application: fc
          .tuple(application, given)
          .map(([service, more]): DeployedService => ({ ...service, ...more, image })),
        backing: fc.record(
          {
            catalogue: fc.constant({
              services: services.map((service) => ({ ...service, image: published })),
              functions: { all: names },
            }),
            names: fc.subarray(names),
            functions: fc.subarray(["all"]),
          },
          { requiredKeys: ["catalogue"] },
        ),
        registry: fc.constant({ logins: [{ server: "registry.example.com", token: "t" }] }),
        access: fc.record(
          {
            users: fc.constant(["ada@example.com"]),
            groups: fc.constant(["developers"]),
          },
          { requiredKeys: [] },
        ),
        gateway: fc.constantFrom(
          { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } },
          { domain: "previews.example.com", ingressClass: "traefik", pods: { namespace: "traefik" } },
        ),
        trust: fc.constantFrom("trusted", "fork"),
        placement: fc.constant({ nodeSelector: { pool: "previews" }, spreadOver: "zone" }),
        tests: fc.constant([{ command: ["test"] }]),
        labels: fc.constant({ team: "shop", "example.com/cost-centre": "42" }),
        annotations: fc.constant({ "example.com/runbook": "https://example.com/runbooks" }),
      },
      { requiredKeys: ["identity", "application", "backing", "tests"] },
    );
  })
  .map(({ gateway, ...args }) => {
    // Beside the longest name of a namespace, a host has no room for that of a service.
    const hasRoom = gateway !== undefined && args.identity.stack.length < 40;
    return hasRoom ? { ...args, gateway } : args;
  });

async function built(args: EphemeralEnvironmentArgs): Promise<KubernetesObject[]> {
  const constructed = await construct(() => new EphemeralEnvironment("preview", args));
  const names = constructed.resources.map(({ type, name }) => `${type} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  return objectsOf(constructed);
}

describe("any environment", () => {
  it("consists of valid objects, which fit together", async () => {
    await fc.assert(
      fc.asyncProperty(environments, async (args) => {
        const objects = await built(args);
        const broken = Object.entries(rules).flatMap(([name, rule]) =>
          rule(objects).map((line) => `${name}: ${line}`),
        );
        expect(broken).toEqual([]);
      }),
      { numRuns: 10, ...soon },
    );
  });

  it("runs the application, what it needs and what is wanted, each told where those are that it calls", async () => {
    await fc.assert(
      fc.asyncProperty(environments, async (args) => {
        const all = [...(args.backing?.catalogue?.services ?? []), args.application];
        const objects = await built({ ...args, backing: { ...args.backing, functions: ["all"] } });
        const deployments = objects.filter(({ kind }) => kind === "Deployment");
        expect(deployments.map(({ name }) => name).sort()).toEqual(namesOf(all).sort());
        for (const deployment of deployments) {
          const service = all.find(({ name }) => name === deployment.name);
          const [container] = templateOf(deployment)?.spec.containers ?? [];
          const addresses = (container?.env ?? []).filter(({ name }) => name.endsWith("_ADDRESS"));
          const called = service === undefined ? [] : calledBy(service, all);
          const hosts = addresses.map(({ value }) => value?.replace(/:\d+$/, ""));
          expect([...new Set(hosts)], titleOf(deployment)).toEqual(called);
        }
      }),
      { numRuns: 4, ...soon },
    );
  });
});
