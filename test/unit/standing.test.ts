import { describe, expect, it } from "vitest";
import { shop } from "../../example/shop.ts";
import { requirePinnedCluster } from "../../foundation/pinnedCluster.ts";
import { construct, type Registration } from "../../rendering/construction.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import { checkWhole, previewStack } from "../../stacks/preview.ts";
import type { Settings } from "../../stacks/settings.ts";
import { constructPreview, exampleSettings } from "../golden/preview.ts";
import { refusal } from "./refusal.ts";

const standing = (changes: Partial<Settings> = {}) =>
  constructPreview({ kind: "standing", stack: "staging", ...changes });

function optionsOf(resources: Registration[], type: string) {
  return resources.find((one) => one.type === type);
}

describe("a standing environment", () => {
  it("has no time to live, whenever it is deployed", async () => {
    const { resources } = await standing({ deployedAt: "2026-03-01T12:00:00Z" });
    const namespace = manifestsOf({ resources, outputs: [] }).find(({ kind }) => kind === "Namespace");
    const marks = Object.keys(namespace?.metadata.annotations ?? {}).filter((key) =>
      key.startsWith("dynenv/"),
    );
    expect(marks.sort()).toEqual(
      ["commit", "kind", "project", "ref", "stack", "trust"].map((mark) => `dynenv/${mark}`),
    );
    expect(namespace?.metadata.annotations?.["dynenv/kind"]).toBe("standing");
  });

  it("is guarded by what a removal by Pulumi begins with, and by its namespace", async () => {
    const { resources } = await standing();
    const guard = optionsOf(resources, "pulumi:index:Stash");
    expect(resources.filter(({ protect }) => protect).map(({ name }) => name)).toEqual([
      "standing-namespace",
      "guard",
    ]);
    // All that the environment holds exists before it, so that nothing goes before it.
    const others = resources.filter(({ type, custom }) => custom && type !== "pulumi:index:Stash");
    expect(guard?.after.filter((type) => type.startsWith("kubernetes:")).length).toBe(
      others.filter(({ type }) => type.startsWith("kubernetes:")).length,
    );
  });

  it("leaves previews as they were", async () => {
    const { resources } = await constructPreview();
    expect(resources.some(({ protect, type }) => protect || type === "pulumi:index:Stash")).toBe(false);
  });

  it("has as much of each service as its settings say, of those of the catalogue, too", async () => {
    const requests = { cpu: "250m", memory: "150Mi" };
    const { resources } = await standing({ scale: { deals: { replicas: 3 }, catalogue: { requests } } });
    const deployments = manifestsOf({ resources, outputs: [] }).filter(({ kind }) => kind === "Deployment");
    const specOf = (name: string) =>
      deployments.find(({ metadata }) => metadata.name === name)?.spec as {
        replicas: number;
        template: { spec: { containers: { resources: { requests: object } }[] } };
      };
    expect(specOf("deals").replicas).toBe(3);
    expect(specOf("catalogue").template.spec.containers[0]?.resources.requests).toMatchObject(requests);
  });

  it("has a volume, a budget and an autoscaler where its settings say so", async () => {
    const { resources } = await standing({
      scale: { deals: { replicas: 3 }, catalogue: { autoscaling: { min: 2, max: 6, cpuPercent: 70 } } },
      volumes: { "catalogue-db": { size: "5Gi" } },
    });
    const named = manifestsOf({ resources, outputs: [] })
      .filter(
        ({ apiVersion, kind }) =>
          /^(policy|autoscaling)/.test(String(apiVersion)) || kind === "PersistentVolumeClaim",
      )
      .map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    expect(named.sort()).toEqual([
      "HorizontalPodAutoscaler catalogue",
      "PersistentVolumeClaim catalogue-db",
      "PodDisruptionBudget catalogue",
      "PodDisruptionBudget deals",
    ]);
  });

  it("takes secrets that its cluster has by their names, and asks nobody for their values", async () => {
    const { deals, ...others } = shop().services;
    const program = { ...shop(), services: { ...others, deals: { ...deals, secrets: ["API_KEY"] } } };
    const secret = (name: string): never => {
      throw new Error(`asked for ${name}`);
    };
    const secretRefs = { API_KEY: { secret: "shop-keys", key: "api" } };
    const settings: Settings = { ...exampleSettings, kind: "standing", stack: "staging", secret, secretRefs };
    const { resources } = await construct(() => previewStack(program, settings));
    const deployment = manifestsOf({ resources, outputs: [] }).find(
      ({ kind, metadata }) => kind === "Deployment" && metadata.name === "deals",
    );
    expect(JSON.stringify(deployment?.spec)).toContain(
      JSON.stringify({ name: "API_KEY", valueFrom: { secretKeyRef: { key: "api", name: "shop-keys" } } }),
    );
  });

  it.each<[string, Partial<Settings>, string]>([
    ...(
      [
        ["a volume", { volumes: { "catalogue-db": { size: "5Gi" } } }, "volume", "a preview keeps nothing"],
        [
          "an autoscaler",
          { scale: { "catalogue-db": { autoscaling: { min: 1, max: 2, cpuPercent: 70 } } } },
          "autoscaling",
          "a preview has as many pods as it states",
        ],
      ] as const
    ).map(([what, changes, field, why]): [string, Partial<Settings>, string] => [
      `${what} as a preview`,
      { kind: "preview", ...changes },
      `EphemeralEnvironment "preview": ${field} of service "catalogue-db" needs the kind standing, since ${why}: leave it out, or set it for a stack of that kind alone`,
    ]),
    [
      "a volume of a service that it does not have",
      { volumes: { "catalog-db": { size: "5Gi" } } },
      'setting dynenv:volumes names "catalog-db", which the program does not have: did you mean catalogue-db?',
    ],
    [
      "a secret that no service has",
      { secretRefs: { API_KEY: { secret: "shop-keys", key: "api" } } },
      'setting dynenv:secretRefs names "API_KEY", which is no secret of a service of the program: known are none',
    ],
    [
      "a time to live",
      { ttl: "4h" },
      'EphemeralEnvironment "standing": lifetime.ttl is "4h", but kind is standing, which has no end: leave one of the two out',
    ],
    [
      "code of anybody",
      { trust: "fork", registry: undefined, pull: undefined },
      'EphemeralEnvironment "standing": kind is standing, but trust is "fork": code of anybody runs in previews alone',
    ],
    [
      "more of a service that it does not have",
      { scale: { daels: { replicas: 2 } } },
      'setting dynenv:scale names "daels", which the program does not have: did you mean deals?',
    ],
  ])("does not take %s", async (_what, changes, sentence) => {
    const settings: Settings = { ...exampleSettings, kind: "standing", stack: "staging", ...changes };
    const { sentences, registered } = await refusal(() => {
      checkWhole(shop(), settings);
    });
    expect(registered).toEqual([]);
    expect(sentences).toEqual([sentence]);
  });
});

describe("the cluster of a standing environment", () => {
  const require = (kind: string, pinned?: string) => () => {
    requirePinnedCluster(kind, pinned, "here");
  };

  it("is the one that its stack's file names", () => {
    expect(require("standing", "here")).not.toThrow();
    expect(require("preview")).not.toThrow();
    expect(require("preview", "here")).not.toThrow();
  });

  it("is refused where it is another one, or none is named", () => {
    expect(require("standing")).toThrow(
      "setting dynenv:cluster is missing: a standing environment names its cluster; the context of this kubeconfig is here",
    );
    for (const kind of ["standing", "preview"])
      expect(require(kind, "there")).toThrow(
        'setting dynenv:cluster is "there", but the kubeconfig leads to here: use the one of the stack\'s own cluster',
      );
  });
});
