import { beforeAll, describe, expect, it } from "vitest";
import { driftOf, type Seen } from "../../cli/release/diffDrift.ts";
import type { StackResource } from "../../cli/pulumi/state.ts";
import { construct } from "../../rendering/construction.ts";
import { contentSuffix } from "../../rendering/content.ts";
import { manifestsOf, type Manifest } from "../../rendering/manifests.ts";
import { placeholderOf } from "../../rendering/secretsScript.ts";
import { EphemeralEnvironment } from "../../components/index.ts";
import { previewStack } from "../../stacks/preview.ts";
import type { Settings } from "../../stacks/settings.ts";
import { shop } from "../../example/shop.ts";
import { everything } from "../golden/everything.ts";
import { exampleSettings } from "../golden/preview.ts";
import { goldenStacks } from "../golden/stacks.ts";
import { leavesOf, mutated, type Place, put } from "./leaves.ts";
import { asServed } from "./serverObjects.ts";

let expected: Manifest[] = [];
let whole: Manifest[] = [];

beforeAll(async () => {
  const answers = { suffix: contentSuffix, password: (name: string) => placeholderOf(name, true) };
  const { changes } = goldenStacks.standing as { changes: Partial<Settings> };
  const settings = { ...exampleSettings, ...changes };
  expected = manifestsOf(await construct(() => previewStack(shop(), settings), "staging", answers));
  whole = manifestsOf(await construct(() => new EphemeralEnvironment("all", everything), "all", answers));
});

const kindsIn = (objects: Manifest[]) => new Set(objects.map(({ kind }) => kind));

function drift(wanted: Manifest[], objects: Manifest[], others: Partial<Seen> = {}) {
  return driftOf(wanted, { objects, kinds: kindsIn([...wanted, ...objects]), state: [], ...others });
}

/** Objects of which somebody changed one: values by their places. */
function changed(objects: Manifest[], title: string, ...values: [Place, unknown][]): Manifest[] {
  const isIt = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}` === title;
  if (!objects.some(isIt)) throw new Error(`there is no ${title}`);
  return objects.map((object) =>
    isIt(object) ? values.reduce((now, [place, value]) => put(now, place, value), object) : object,
  );
}

interface Deployed {
  template: { spec: { containers: [{ env: object[] }] } };
}

const pod: Place = ["spec", "template", "spec"];
const generation: [Place, unknown] = [["metadata", "generation"], 2];

describe("an environment that nobody touched", () => {
  it("has no drift, whatever the API server added", () => {
    expect(drift(expected, asServed(expected))).toEqual([]);
    expect(drift(whole, asServed(whole))).toEqual([]);
  });

  it("may have Jobs that somebody started, and what controllers made", () => {
    const labels = { "app.kubernetes.io/part-of": "dynenv" };
    const metadata = (name: string, more: object) => ({ name, namespace: "env-staging", labels, ...more });
    const others = [
      { kind: "Job", metadata: metadata("test-x1", { labels: { ...labels, "dynenv/job": "test" } }) },
      { kind: "Job", metadata: metadata("nightly-1", { ownerReferences: [{ kind: "CronJob" }] }) },
      { kind: "ConfigMap", metadata: { name: "kube-root-ca.crt", namespace: "env-staging" } },
    ];
    expect(drift(expected, [...asServed(expected), ...others])).toEqual([]);
  });

  it("may have been deployed without a login to a registry", () => {
    const isLogin = (one: Manifest) => one.type === "kubernetes.io/dockerconfigjson";
    const without = asServed(expected)
      .filter((one) => !isLogin(one))
      .map(({ imagePullSecrets: _, ...object }) => object as Manifest);
    expect(drift(expected, without)).toEqual([]);
    const lost = asServed(expected).filter((one) => !isLogin(one));
    expect(drift(expected, lost).map(({ what }) => what)).toEqual(["missing"]);
  });
});

/** What no drift tells: what rendering/content.ts leaves out, too, the texts of Secrets, and names that Pulumi made up. */
const untold = [
  /^Secret stringData\//,
  /^\w+ metadata\/(ownerReferences|annotations\/(pulumi\.com~|dynenv~(deployed|expires)))/,
  /^(Secret|ConfigMap) metadata\/name$/,
];

describe("each value of an object", () => {
  const place = (object: Manifest, leaf: (string | number)[]) =>
    `${object.kind} ${leaf.map((key) => String(key).replaceAll("/", "~")).join("/")}`;

  it.each(["staging", "everything"])(
    "of %s is seen where it is another one",
    (name) => {
      const objects = name === "staging" ? expected : whole;
      const missed: string[] = [];
      let count = 0;
      for (const object of objects) {
        const [served] = asServed([object]);
        for (const leaf of leavesOf(object)) {
          const where = place(object, leaf);
          if (
            untold.some((pattern) => pattern.test(where)) ||
            ["kind", "apiVersion"].includes(String(leaf[0]))
          )
            continue;
          count++;
          const [own = "", ...rest] = leaf;
          const isThere = leavesOf(served).some((one) => JSON.stringify(one) === JSON.stringify(leaf));
          const now = isThere
            ? mutated(served, leaf)
            : { ...served, [own]: mutated(object, [own, ...rest])[own] };
          if (drift([object], [now as Manifest]).length === 0) missed.push(where);
        }
      }
      expect(missed).toEqual([]);
      expect(count).toBeGreaterThan(500);
    },
    60_000,
  );
});

describe("drift", () => {
  const served = () => asServed(expected);

  const resource = (object: Manifest, type: string): StackResource => ({
    type,
    urn: "",
    outputs: { metadata: object.metadata, spec: object.spec },
  });

  it("tells what somebody scaled, added to a list, removed and put there", () => {
    const deals = expected.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "deals");
    const { env } = (deals?.spec as Deployed).template.spec.containers[0];
    const scaled = changed(
      served(),
      "Deployment/deals",
      [["spec", "replicas"], 5],
      [[...pod, "containers", 0, "env", env.length], { name: "DEBUG", value: "1" }],
    );
    const labels = { "app.kubernetes.io/part-of": "dynenv" };
    const objects = [
      ...scaled.filter(({ kind, metadata }) => kind !== "NetworkPolicy" || metadata.name !== "default-deny"),
      { kind: "ConfigMap", metadata: { name: "old", labels } },
    ];
    expect(drift(expected, objects)).toEqual([
      { object: "ConfigMap/old", what: "unexpected", differences: [] },
      {
        object: "Deployment/deals",
        what: "changed",
        differences: [
          { path: "spec.replicas", from: 3, to: 5 },
          { path: "spec.template.spec.containers[deals].env[DEBUG]", to: { name: "DEBUG", value: "1" } },
        ],
      },
      { object: "NetworkPolicy/default-deny", what: "missing", differences: [] },
    ]);
  });

  it("never has the text of a Secret, but which keys it has", () => {
    const secret = served().find(({ kind }) => kind === "Secret");
    const title = `Secret/${secret?.metadata.name ?? ""}`;
    const key = Object.keys(secret?.data ?? {})[0] ?? "";
    const other = changed(served(), title, [["data", key], "b3RoZXI="]);
    expect(drift(expected, other)).toEqual([]);
    const more = changed(served(), title, [["data", "more"], "c2VjcmV0LXRleHQ="]);
    const found = drift(expected, more);
    expect(found.map(({ what }) => what)).toEqual(["changed"]);
    expect(JSON.stringify(found)).not.toMatch(/c2VjcmV0LXRleHQ|secret-text/);
  });

  it("leaves the number of pods to an autoscaler", () => {
    const scaler = {
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "deals" },
      spec: { scaleTargetRef: { kind: "Deployment", name: "deals" } },
    };
    const wanted = [...expected, scaler];
    const now = changed([...served(), scaler], "Deployment/deals", [["spec", "replicas"], 7]);
    expect(drift(wanted, now)).toEqual([]);
    const state = served()
      .filter(({ kind }) => kind === "Deployment")
      .map((object) => resource(object, "kubernetes:apps/v1:Deployment"));
    const since = changed(now, "Deployment/deals", generation);
    expect(drift(wanted, since, { state })).toEqual([]);
    const more = changed(since, "Deployment/deals", [[...pod, "nodeSelector"], { disk: "ssd" }]);
    expect(drift(wanted, more, { state }).map(({ object }) => object)).toEqual(["Deployment/deals"]);
  });

  it("has what somebody added to a ConfigMap", () => {
    const now = asServed(whole);
    const { metadata } = now.find(({ kind }) => kind === "ConfigMap") ?? { metadata: { name: "" } };
    const more = changed(now, `ConfigMap/${metadata.name}`, [["data", "more"], "1"]);
    expect(drift(whole, more).flatMap((one) => one.differences)).toEqual([{ path: "data.more", to: "1" }]);
  });

  it("says nothing of kinds that cannot be listed", () => {
    const kinds = kindsIn(expected);
    kinds.delete("Role");
    const objects = served().filter(({ kind }) => kind !== "Role");
    expect(drift(expected, objects, { kinds })).toEqual([]);
  });

  it("has fields that somebody added, by what Pulumi knows", () => {
    const before = served();
    const types: Record<string, string> = {
      Deployment: "kubernetes:apps/v1:Deployment",
      Service: "kubernetes:core/v1:Service",
    };
    const state = before.flatMap((object) =>
      types[object.kind] === undefined ? [] : [resource(object, types[object.kind] ?? "")],
    );
    expect(drift(expected, before, { state })).toEqual([]);
    const added = changed(before, "Deployment/deals", generation, [
      [...pod, "nodeSelector"],
      { disk: "ssd" },
    ]);
    const both = changed(added, "Service/deals", [["spec", "externalIPs"], ["192.0.2.1"]]);
    expect(drift(expected, both, { state })).toEqual([
      {
        object: "Deployment/deals",
        what: "changed",
        differences: [{ path: "spec.template.spec.nodeSelector", to: { disk: "ssd" } }],
      },
      {
        object: "Service/deals",
        what: "changed",
        differences: [{ path: "spec.externalIPs", to: ["192.0.2.1"] }],
      },
    ]);
    expect(drift(expected, both)).toEqual([]);
  });

  it("tells a change of the spec once, and a restart never", () => {
    const before = served();
    const state = before
      .filter(({ kind }) => kind === "Deployment")
      .map((object) => resource(object, "kubernetes:apps/v1:Deployment"));
    const at = [...pod.slice(0, -1), "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"];
    const restarted = changed(before, "Deployment/deals", generation, [at, "2026-01-01T00:00:00Z"]);
    expect(drift(expected, restarted, { state })).toEqual([]);
    const scaled = changed(before, "Deployment/deals", generation, [["spec", "replicas"], 2]);
    expect(drift(expected, scaled, { state })).toEqual([
      {
        object: "Deployment/deals",
        what: "changed",
        differences: [{ path: "spec.replicas", from: 3, to: 2 }],
      },
    ]);
  });
});
