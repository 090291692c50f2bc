import { describe, expect, it } from "vitest";
import * as components from "../../components/index.ts";
import { namespaceName } from "../../components/model/rules/names.ts";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import type { PolicySpec } from "../../components/model/objects/networkPolicies.ts";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import { manifestsOf, titleOf, withoutRevisions, type Manifest } from "../../rendering/manifests.ts";
import { constructPreview, exampleSettings } from "../golden/preview.ts";
import type { Registration } from "../../rendering/construction.ts";
import { isAllowed, type Pod } from "./policyEvaluator.ts";
import { componentsIn } from "./registrations.ts";

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
    // The application's image has Node, and the settings name no gateway.
    const used = componentsIn(components).filter((name) => !["ProbeImage", "Route"].includes(name));
    const expected = used.map((name) => `dynamic-environments:index:${name}`);
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
      "Role",
      "RoleBinding",
      "Secret",
      "Service",
      "ServiceAccount",
    ]);
    const services = manifests.filter(({ kind }) => kind === "Service");
    expect(services.map(({ spec }) => (spec as { type?: string }).type ?? "ClusterIP")).toEqual(
      Array(4).fill("ClusterIP"),
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

  it("has the Secrets there before the pods that read them", () => {
    const readers = workloads.filter(({ name }) => name.startsWith("preview-backing-catalogue"));
    expect(readers).toHaveLength(2);
    for (const { after } of readers)
      expect(after.filter((type) => type === "kubernetes:core/v1:Secret")).toHaveLength(2);
  });

  it("lets nothing wait for the policies that is not in the namespace", () => {
    const outside = resources.filter(({ type }) =>
      /:(BackingServices|ServiceDeployment|RandomPassword)$/.test(type),
    );
    expect(outside).toHaveLength(5);
    expect(outside.flatMap(({ after }) => after).filter((type) => type.endsWith(":NetworkPolicy"))).toEqual(
      [],
    );
  });

  it("ends with the namespace, but for two Jobs, for which the cluster is asked first", () => {
    const parents = new Map(resources.filter(({ custom }) => !custom).map((item) => [item.name, item]));
    const goesWith = ({ deletedWith, parent }: Registration): string => {
      const above = parents.get(parent);
      return deletedWith !== "" || above === undefined ? deletedWith : goesWith(above);
    };
    const own = kubernetes.filter((item) => goesWith(item) === "").map(({ type, name }) => [type, name]);
    expect(own.sort()).toEqual([
      ["kubernetes:batch/v1:CronJob", "preview-tests"],
      ["kubernetes:batch/v1:Job", "preview-readiness"],
      ["kubernetes:core/v1:Namespace", "preview-namespace"],
    ]);
    expect(new Set(kubernetes.map(goesWith))).toEqual(new Set(["", "preview-namespace"]));
  });

  it("is awaited for the workloads only, and as long as the settings say", async () => {
    const quick = await constructPreview({ readyWithinSeconds: 33 });
    const awaited = quick.resources.filter(({ createTimeout }) => createTimeout !== "");
    expect(awaited.map(({ createTimeout }) => createTimeout)).toEqual(["33s", "33s", "33s", "53s"]);
    const kinds = awaited.map(({ type }) => type.split(":").at(-1));
    expect(kinds.sort()).toEqual([...Array<string>(3).fill("Deployment"), "Job"]);
    const [job] = manifestsOf(quick).filter(({ kind }) => kind === "Job");
    expect(job?.spec).toMatchObject({ activeDeadlineSeconds: 43 });
    expect(JSON.stringify(job)).toContain(String.raw`\"withinSeconds\":23}`);
  });

  it.each([
    ["Service", "pulumi.com/skipAwait", "true", 4],
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

const shortTitle = (manifest: Manifest) => withoutRevisions(titleOf(manifest));
/** What Kubernetes gets with other settings, each with what it got before; the names are the same but for revisions. */
async function changed(
  changes: Parameters<typeof constructPreview>[0],
): Promise<{ title: string; before: Manifest; after: Manifest }[]> {
  const others = new Map(
    manifestsOf(await constructPreview(changes)).map((item) => [shortTitle(item), item]),
  );
  expect([...others.keys()].sort()).toEqual(manifests.map(shortTitle).sort());
  return manifests
    .map((before) => ({
      title: shortTitle(before),
      before,
      after: others.get(shortTitle(before)) ?? before,
    }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
}

/** The manifests with some text replaced, and without revisions. */
function expectReplaced(before: Manifest, text: string, by: string, after: Manifest): void {
  const json = withoutRevisions(JSON.stringify(before));
  expect(JSON.parse(json.replaceAll(text, by))).toEqual(JSON.parse(withoutRevisions(JSON.stringify(after))));
}

describe("a change of one setting", () => {
  it("is none when nothing changes", async () => {
    expect(await changed({})).toEqual([]);
  });

  it("of the image changes nothing but the image of the application, of its tests and of the gate", async () => {
    const image = `registry.example.com/shop/deals@sha256:${"3".repeat(64)}`;
    const differences = await changed({ images: { deals: image } });
    expect(differences.map(({ title }) => title)).toEqual([
      "CronJob/test",
      "Deployment/deals",
      "Job/readiness",
      "Service/readiness-",
    ]);
    for (const { before, after } of differences)
      expectReplaced(before, String(exampleSettings.images.deals), image, after);
  });

  it("of one service's image changes nothing but its Deployment and the gate, which runs again", async () => {
    const { repository, tag, digest } =
      sockShop.services.find(({ name }) => name === "catalogue")?.image ?? {};
    const standIn = `sha256:${"4".repeat(64)}`;
    const differences = await changed({ standIns: { [`${String(repository)}:${String(tag)}`]: standIn } });
    expect(differences.map(({ title }) => title)).toEqual([
      "Deployment/catalogue",
      "Job/readiness",
      "Service/readiness-",
    ]);
    for (const { before, after } of differences) expectReplaced(before, String(digest), standIn, after);
  });

  it("of the commit reaches the namespace's mark, the tests and the gate", async () => {
    const differences = await changed({ commit: "fedcba9" });
    expect(differences.map(({ title }) => title)).toEqual([
      "CronJob/test",
      "Job/readiness",
      `Namespace/${namespaceName(exampleSettings.stack)}`,
    ]);
    for (const { before, after } of differences) {
      expect(JSON.parse(JSON.stringify(before).replaceAll(exampleSettings.commit, "fedcba9"))).toEqual(after);
    }
  });

  it.each<[string, Partial<typeof exampleSettings>, string[]]>([
    ["the time to live", { ttl: "4h" }, [`Namespace/${namespaceName(exampleSettings.stack)}`]],
    [
      "the time of deployment",
      { deployedAt: "2026-03-01T12:00:00Z" },
      [`Namespace/${namespaceName(exampleSettings.stack)}`],
    ],
    ["the merge request", { mergeRequest: "12" }, [`Namespace/${namespaceName(exampleSettings.stack)}`]],
    ["a cap that is not reached", { cap: { pods: 100, cpu: "100", memory: "100Gi" } }, []],
    [
      "the nodes",
      { nodeSelector: { pool: "previews" } },
      [
        "CronJob/test",
        "Deployment/catalogue",
        "Deployment/catalogue-db",
        "Deployment/deals",
        "Job/readiness",
        "Service/readiness-",
      ],
    ],
  ])("of %s reaches nothing but what it is about", async (_what, changes, titles) => {
    const differences = await changed(changes);
    expect(differences.map(({ title }) => title)).toEqual(titles);
  });
});
