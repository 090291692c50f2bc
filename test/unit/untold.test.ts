import { describe, expect, it } from "vitest";
import { isUntoldAndEmpty, untoldNamed, untoldOf } from "../../cli/environment/untold.ts";
import type { EnvironmentNamespace } from "../../cli/kubernetes/namespace.ts";
import { exportedState } from "../../cli/pulumi/state.ts";

const ours = { "app.kubernetes.io/part-of": "dynenv" };
const object = (name: string, uid: string, labels: object = ours) => ({ metadata: { name, uid, labels } });
const resource = (type: string, name: string) => ({
  ...{ type, urn: `urn:pulumi:s::p::${type}::${name}` },
  inputs: { metadata: { name } },
});
const pending = [
  resource("kubernetes:apps/v1:Deployment", "deals"),
  resource("kubernetes:core/v1:Secret", "login"),
  resource("kubernetes:batch/v1:Job", "readiness"),
  resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "tests"),
  resource("kubernetes:core/v1:PersistentVolumeClaim", "data"),
  resource("random:index/randomPassword:RandomPassword", "deals"),
];

function state(resources: object[] = [], operations: object[] = pending) {
  const pending_operations = operations.map((one) => ({ resource: one, type: "creating" }));
  return exportedState("s", JSON.stringify({ deployment: { resources, pending_operations } }));
}

describe("what a killed run made, of which its state does not know", () => {
  const objects = {
    deployments: [object("deals", "1"), object("other", "2")],
    secrets: [object("login", "3")],
    jobs: [object("readiness", "4")],
    rolebindings: [object("tests", "5")],
    persistentvolumeclaims: [object("data", "6")],
  };

  it("is each object that was being made and holds no data", () => {
    const { pending, ...known } = state();
    expect(untoldOf(pending, { pending, ...known }, objects)).toEqual([
      { apiVersion: "apps/v1", kind: "Deployment", name: "deals", uid: "1" },
      { apiVersion: "v1", kind: "Secret", name: "login", uid: "3" },
      { apiVersion: "batch/v1", kind: "Job", name: "readiness", uid: "4" },
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", name: "tests", uid: "5" },
    ]);
  });

  it("is nothing that the state knows, as after an update that was cut off", () => {
    const [deployment = {}] = pending;
    const known = state([{ ...deployment, outputs: { metadata: { name: "deals", uid: "1" } } }]);
    expect(untoldOf(known.pending, known, objects).map(({ name }) => name)).not.toContain("deals");
  });

  it("is nothing of somebody else's", () => {
    const foreign = { deployments: [object("deals", "1", { owner: "somebody" })] };
    expect(untoldOf(state().pending, state(), foreign)).toEqual([]);
  });

  it("is found by what the API server said, too", () => {
    const named = [
      ["deployments", "deals"],
      ["rolebindings", "tests"],
      ["persistentvolumeclaims", "data"],
      ["widgets", "deals"],
    ] as [string, string][];
    expect(untoldNamed(named, state(), objects)).toEqual([
      { apiVersion: "apps/v1", kind: "Deployment", name: "deals", uid: "1" },
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", name: "tests", uid: "5" },
    ]);
  });
});

describe("a namespace that a killed run made", () => {
  const made = {
    ...resource("kubernetes:core/v1:Namespace", "env-s"),
    inputs: { metadata: { name: "env-s", annotations: { "dynenv/stack": "s" } } },
  };
  const namespace: EnvironmentNamespace = {
    ...{ name: "env-s", uid: "1", created: new Date(0), isOurs: true, isTerminating: false },
    marks: { stack: "s", kind: "standing" },
  };
  const snapshot = {
    objects: { serviceaccounts: [object("default", "7", {})], pods: [], persistentvolumeclaims: [] },
    hidden: [],
  };
  const found = { stack: "s", state: state([], [made]), namespace, snapshot };

  it("is empty, and goes", () => {
    expect(isUntoldAndEmpty(found)).toBe(true);
  });

  it.each([
    ["the state knows it", { state: state([made], [made]) }],
    ["it was not being made", { state: state([], pending) }],
    ["it is of another stack", { namespace: { ...namespace, marks: { stack: "other" } } }],
    ["something of ours is in it", { snapshot: { ...snapshot, objects: { secrets: [object("a", "8")] } } }],
    ["somebody's pod is in it", { snapshot: { ...snapshot, objects: { pods: [object("a", "8", {})] } } }],
    [
      "somebody's data is in it",
      { snapshot: { ...snapshot, objects: { persistentvolumeclaims: [object("a", "8", {})] } } },
    ],
    ["nobody can see all that is in it", { snapshot: { ...snapshot, hidden: ["secrets cannot be read"] } }],
    ["nobody looked", { snapshot: undefined }],
  ])("stays where %s", (_what, changes) => {
    expect(isUntoldAndEmpty({ ...found, ...changes })).toBe(false);
  });
});
