import { describe, expect, it } from "vitest";
import * as components from "../../components/index.ts";
import { namespaceName } from "../../components/model/names.ts";
import type { PolicySpec } from "../../components/model/networkPolicies.ts";
import { workloadLabels } from "../../components/model/labels.ts";
import { manifestsOf, titleOf, type Manifest } from "../golden/manifests.ts";
import { constructPreview, exampleSettings, type Registration } from "../golden/preview.ts";
import { isAllowed, type Pod } from "./policyEvaluator.ts";

const preview = await constructPreview();
const { resources } = preview;
const manifests = manifestsOf(preview);
const kubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
const workloads = kubernetes.filter(({ type }) => /:(Deployment|Job|CronJob)$/.test(type));

describe("resources of a preview", () => {
  it("carry names that begin with their parent's", () => {
    const children = resources.filter(({ parent }) => parent !== "");
    expect(children.filter(({ name, parent }) => !name.startsWith(parent))).toEqual([]);
    const top = resources.filter(({ parent }) => parent === "").map(({ name }) => name);
    expect(top.sort()).toEqual(["cluster", "preview"]);
  });

  it("come from every component, whose types are the package's and the class's names", () => {
    const types = resources.filter(({ custom }) => !custom).map(({ type }) => type);
    const expected = Object.keys(components).map((name) => `dynamic-environments:index:${name}`);
    expect([...new Set(types)].sort()).toEqual(expected.sort());
  });

  it("use one Kubernetes provider, which knows no path and no credential", () => {
    const providers = resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
    expect(providers.map(({ inputs }) => inputs)).toEqual([
      {
        kubeconfig: "",
        context: "example-cluster",
        clusterIdentifier: "example-cluster",
        enableServerSideApply: "false",
      },
    ]);
    const urn = "urn:pulumi:feature-login-abcdefghijkl::dynenv::pulumi:providers:kubernetes::cluster";
    expect(new Set(kubernetes.map(({ provider }) => provider))).toEqual(new Set([`${urn}::cluster-id`]));
  });

  it("are in the namespace that derives from the stack's name", () => {
    const namespaces = manifests.map((manifest) =>
      manifest.kind === "Namespace" ? manifest.metadata.name : manifest.metadata.namespace,
    );
    expect(new Set(namespaces)).toEqual(new Set([namespaceName(exampleSettings.stack)]));
  });

  it("are nothing that outlives the namespace or costs money outside of it", () => {
    const kinds = new Set(manifests.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      "CronJob",
      "Deployment",
      "Job",
      "LimitRange",
      "Namespace",
      "NetworkPolicy",
      "ResourceQuota",
      "Secret",
      "Service",
      "ServiceAccount",
    ]);
    const services = manifests.filter(({ kind }) => kind === "Service");
    expect(services.map(({ spec }) => (spec as { type?: string }).type ?? "ClusterIP")).toEqual(
      Array(3).fill("ClusterIP"),
    );
  });
});

describe("the life of a preview's resources", () => {
  it("begins with limits and policies, before any pod can start", () => {
    expect(workloads).toHaveLength(5);
    for (const { after } of workloads) {
      expect(after).toContain("kubernetes:core/v1:ResourceQuota");
      expect(after).toContain("kubernetes:core/v1:LimitRange");
      expect(after.filter((type) => type.endsWith(":NetworkPolicy"))).toHaveLength(6);
    }
  });

  it("ends with the namespace, but for the workloads that provide the pods", () => {
    const parents = new Map(resources.filter(({ custom }) => !custom).map((item) => [item.name, item]));
    const goesWith = ({ deletedWith, parent }: Registration): string => {
      const above = parents.get(parent);
      return deletedWith !== "" || above === undefined ? deletedWith : goesWith(above);
    };
    const own = kubernetes.filter((item) => goesWith(item) === "").map(({ type, name }) => [type, name]);
    expect(own.sort()).toEqual([
      ["kubernetes:apps/v1:Deployment", "preview-deals"],
      ["kubernetes:apps/v1:Deployment", "preview-sock-shop-catalogue"],
      ["kubernetes:apps/v1:Deployment", "preview-sock-shop-catalogue-db"],
      ["kubernetes:batch/v1:Job", "preview-readiness"],
      ["kubernetes:core/v1:Namespace", "preview-namespace"],
    ]);
    expect(new Set(kubernetes.map(goesWith))).toEqual(new Set(["", "preview-namespace"]));
  });

  it("is awaited for the workloads only, and as long as the settings say", async () => {
    const quick = await constructPreview({ readyWithinSeconds: 33 });
    const awaited = quick.resources.filter(({ createTimeout }) => createTimeout !== "");
    expect(awaited.map(({ createTimeout }) => createTimeout)).toEqual(Array(4).fill("33s"));
    expect(awaited.map(({ type }) => type.split(":").at(-1)).sort()).toEqual([
      "Deployment",
      "Deployment",
      "Deployment",
      "Job",
    ]);
    const [job] = manifestsOf(quick).filter(({ kind }) => kind === "Job");
    expect(job?.spec).toMatchObject({ activeDeadlineSeconds: 33 });
    expect(JSON.stringify(job)).toContain(", 23);");
  });

  it.each([
    ["Service", "pulumi.com/skipAwait", "true", 3],
    ["Deployment", "pulumi.com/deletionPropagationPolicy", "background", 3],
    ["Job", "pulumi.com/deletionPropagationPolicy", "background", 1],
  ])("is told to the provider: every %s has %s: %s", (kind, annotation, value, count) => {
    const annotations = manifests
      .filter((manifest) => manifest.kind === kind)
      .map(({ metadata }) => metadata.annotations?.[annotation]);
    expect(annotations).toEqual(Array(count).fill(value));
  });
});

describe("network policies of a preview", () => {
  it("allow the graph's edges and nothing else", () => {
    const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
    const specs = policies.map(({ spec }) => spec as PolicySpec);
    const namespace = { "kubernetes.io/metadata.name": "env-a" };
    const pod = (name: string): Pod => ({ labels: workloadLabels(name), namespace });
    const pods = ["catalogue", "catalogue-db", "deals", "test-runner", "stranger"];
    const ways = pods.flatMap((from) =>
      pods.flatMap((to) => [80, 3306, 8080].map((port) => ({ from, to, port }))),
    );
    const allowed = ways.filter(({ from, to, port }) =>
      isAllowed({ policies: specs, from: pod(from), to: pod(to), port, protocol: "TCP" }),
    );
    expect(allowed).toEqual([
      { from: "catalogue", to: "catalogue-db", port: 3306 },
      { from: "deals", to: "catalogue", port: 8080 },
      { from: "test-runner", to: "catalogue", port: 8080 },
      { from: "test-runner", to: "catalogue-db", port: 3306 },
      { from: "test-runner", to: "deals", port: 8080 },
    ]);
  });
});

describe("a change of one setting", () => {
  const changed = async (
    changes: Parameters<typeof constructPreview>[0],
  ): Promise<[Manifest, Manifest][]> => {
    const others = new Map(manifestsOf(await constructPreview(changes)).map((item) => [titleOf(item), item]));
    expect([...others.keys()].sort()).toEqual(manifests.map(titleOf).sort());
    const pairs = manifests.map((item): [Manifest, Manifest] => [item, others.get(titleOf(item)) ?? item]);
    return pairs.filter(([before, after]) => JSON.stringify(before) !== JSON.stringify(after));
  };

  it("is none when nothing changes", async () => {
    expect(await changed({})).toEqual([]);
  });

  it("of the image changes nothing but the image of the application, of its tests and of the gate", async () => {
    const image = `registry.example.com/shop/deals@sha256:${"3".repeat(64)}`;
    const differences = await changed({ image });
    expect(differences.map(([before]) => titleOf(before))).toEqual([
      "CronJob/test",
      "Deployment/deals",
      "Job/readiness",
    ]);
    for (const [before, after] of differences) {
      expect(JSON.parse(JSON.stringify(before).replace(String(exampleSettings.image), image))).toEqual(after);
    }
  });

  it("of the commit reaches the namespace's mark, the tests and the gate", async () => {
    const differences = await changed({ commit: "fedcba9" });
    expect(differences.map(([before]) => titleOf(before))).toEqual([
      "CronJob/test",
      "Job/readiness",
      `Namespace/${namespaceName(exampleSettings.stack)}`,
    ]);
    for (const [before, after] of differences) {
      const text = JSON.stringify(before).replaceAll(exampleSettings.commit, "fedcba9");
      expect(JSON.parse(text)).toEqual(after);
    }
  });

  it("to no image builds one, which is deployed by digest", async () => {
    const built = await constructPreview({ image: undefined });
    const images = manifestsOf(built).flatMap(({ kind, spec }) =>
      ["Deployment", "Job", "CronJob"].includes(kind)
        ? [...JSON.stringify(spec).matchAll(/"image":"([^"]*)"/g)]
        : [],
    );
    const expected = `registry.example.com/shop/deals:feature-login-${exampleSettings.commit}@sha256:${"2".repeat(64)}`;
    expect(images.filter(([, image]) => image === expected)).toHaveLength(3);
  });
});
