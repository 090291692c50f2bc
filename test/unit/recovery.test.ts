import { describe, expect, it } from "vitest";
import type { EnvironmentNamespace } from "../../cli/kubernetes/namespace.ts";
import { exportedState, type StackState } from "../../cli/pulumi/state.ts";
import { Mask } from "../../cli/text/mask.ts";
import { changedIn, inconsistencyOf, requireTrust } from "../../cli/environment/recovery.ts";

const urn = "urn:pulumi:s::dynenv::a$kubernetes:core/v1:Namespace::preview-namespace";
const known = {
  type: "kubernetes:core/v1:Namespace",
  urn,
  inputs: { metadata: { annotations: { "dynenv/stack": "s" } } },
  outputs: { metadata: { name: "env-s", uid: "1" } },
};
const otherNamespace = { ...known, inputs: { metadata: { annotations: { team: "a" } } } };
const whole: StackState = { resources: [known], pending: [] };
const empty: StackState = { resources: [], pending: [] };
const namespace: EnvironmentNamespace = {
  ...{ name: "env-s", uid: "1", created: new Date(0) },
  ...{ isOurs: true, marks: { stack: "s" }, isTerminating: false },
};

describe("what an earlier run left", () => {
  it.each<[string, StackState | undefined, EnvironmentNamespace | undefined]>([
    ["nothing at all", undefined, undefined],
    ["an empty stack", empty, undefined],
    ["a whole environment", whole, namespace],
  ])("is no doubt where it is %s", (_what, state, found) => {
    expect(inconsistencyOf("s", { state, namespace: found })).toBeUndefined();
  });

  it.each<[string, StackState | undefined, EnvironmentNamespace | undefined]>([
    ["half made, at Namespace preview-namespace", { resources: [], pending: [known] }, undefined],
    ["half made, at Namespace preview-namespace", { ...whole, pending: [known] }, namespace],
    ["half removed", whole, { ...namespace, isTerminating: true }],
    ["half removed", undefined, { ...namespace, isTerminating: true }],
    ["without a state", undefined, namespace],
    ["without a state", empty, namespace],
    ["without a namespace", whole, undefined],
    ["without a state", { resources: [otherNamespace], pending: [] }, namespace],
    ["with the state of another namespace", whole, { ...namespace, uid: "2" }],
  ])("is in doubt: %s", (doubt, state, found) => {
    expect(inconsistencyOf("s", { state, namespace: found })).toBe(doubt);
  });

  const object = (type: string, name: string, uid: string, more: object = {}) => ({
    ...{ type, urn: `urn:pulumi:s::dynenv::a$${type}::${name}` },
    outputs: { metadata: { name, uid, namespace: "env-s" }, ...more },
  });
  const deals = object("kubernetes:apps/v1:Deployment", "preview-deals", "2");

  it.each([
    ["Deployment preview-deals", "deployments", deals],
    ["CronJob preview-tests", "cronjobs", object("kubernetes:batch/v1:CronJob", "preview-tests", "2")],
    ["Service a", "services", object("kubernetes:core/v1:Service", "a", "2")],
    ["Secret a", "secrets", object("kubernetes:core/v1:Secret", "a", "2")],
    ["NetworkPolicy a", "networkpolicies", object("kubernetes:networking.k8s.io/v1:NetworkPolicy", "a", "2")],
  ])("is in doubt without its %s, unless nobody may read such", (name, kind, resource) => {
    const found = { state: { resources: [known, resource], pending: [] }, namespace };
    expect(
      inconsistencyOf("s", { ...found, objects: { [kind]: [{ metadata: { uid: "2" } }] } }),
    ).toBeUndefined();
    expect(inconsistencyOf("s", { ...found, objects: { [kind]: [{ metadata: { uid: "3" } }] } })).toBe(
      `without ${name}`,
    );
    expect(inconsistencyOf("s", { ...found, objects: {} })).toBeUndefined();
  });

  it("is in no doubt without what Pulumi has deleted to replace it, which the next update makes", () => {
    const service = { ...object("kubernetes:core/v1:Service", "a", "2"), pendingReplacement: true };
    const text = JSON.stringify({ deployment: { resources: [known, service] } });
    const state = exportedState("s", text);
    expect(inconsistencyOf("s", { state, namespace, objects: { services: [] } })).toBeUndefined();
  });

  it("is in doubt neither without a Job that is over, nor without what a program put elsewhere", () => {
    const elsewhere = { ...deals, outputs: { metadata: { ...deals.outputs.metadata, namespace: "tools" } } };
    const job = object("kubernetes:batch/v1:Job", "preview-readiness", "4");
    const state = { resources: [known, elsewhere, job], pending: [] };
    expect(
      inconsistencyOf("s", { state, namespace, objects: { deployments: [], jobs: [] } }),
    ).toBeUndefined();
  });

  describe("of which somebody changed something", () => {
    const spec = (image: string, annotations: object, more: object = {}) => ({
      ...{ replicas: 1, ...more },
      template: {
        metadata: { annotations },
        spec: { containers: [{ name: "deals", image, resources: {} }] },
      },
    });
    const at = <Spec extends object>(generation: number, now: Spec, annotations: object = {}) => ({
      ...{ metadata: { uid: "2", generation, annotations }, spec: now },
    });
    const outputs = {
      metadata: { ...deals.outputs.metadata, generation: 1 },
      spec: spec("a", { "dynenv/x": "1" }),
    };
    const state = { resources: [known, { ...deals, outputs }], pending: [] };
    const restart = { "dynenv/x": "1", "kubectl.kubernetes.io/restartedAt": "now" };
    const isChanged = (now: object) => changedIn(state, { deployments: [now] }).length === 1;

    it("makes that anew, but nothing for a restart", () => {
      expect(isChanged(at(1, spec("a", {})))).toBe(false);
      expect(isChanged(at(2, spec("a", restart, { paused: null })))).toBe(false);
      for (const changed of [spec("b", {}), spec("a", {}, { replicas: 0 }), spec("a", {}, { paused: true })])
        expect(isChanged(at(2, changed))).toBe(true);
    });

    it("leaves the count of pods to whoever scales it, where none was said", () => {
      const unsaid = (inputs: object) => ({ resources: [{ ...deals, inputs, outputs }], pending: [] });
      const now = { deployments: [at(2, spec("a", {}, { replicas: 4 }))] };
      expect(changedIn(unsaid({ spec: { selector: {} } }), now)).toEqual([]);
      expect(changedIn(unsaid({ spec: { replicas: 1 } }), now)).toHaveLength(1);
      const other = { deployments: [at(2, spec("b", {}, { replicas: 4 }))] };
      expect(changedIn(unsaid({ spec: { selector: {} } }), other)).toHaveLength(1);
      const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
      expect(changedIn(unsaid({ spec: hidden }), now)).toHaveLength(1);
    });

    it("is in doubt where that has data which nobody would fill in again", () => {
      const doubt = (annotations: object) =>
        inconsistencyOf("s", {
          state,
          namespace,
          objects: { deployments: [at(2, spec("b", {}), annotations)] },
        });
      expect(doubt({})).toBeUndefined();
      expect(doubt({ "dynenv/seed": "deals-seed" })).toBe(
        "with Deployment preview-deals, which has data, changed by somebody",
      );
      const claimed = at(2, spec("b", {}), { "dynenv/seed": "deals-seed" });
      Object.assign(claimed.spec.template.spec, {
        volumes: [{ persistentVolumeClaim: { claimName: "deals" } }],
      });
      expect(inconsistencyOf("s", { state, namespace, objects: { deployments: [claimed] } })).toBeUndefined();
    });

    it("sees where a Service leads to, which nobody counts", () => {
      const route = (name: string) => ({ selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] });
      const service = object("kubernetes:core/v1:Service", "deals", "3", { spec: route("deals") });
      const changed = (name: string) =>
        changedIn(
          { resources: [service], pending: [] },
          { services: [{ metadata: { uid: "3" }, spec: route(name) }] },
        );
      expect(changed("deals")).toEqual([]);
      expect(changed("nobody")).toEqual([service]);
      const opened = { spec: { ...route("deals"), externalIPs: ["10.0.0.1"] } };
      expect(
        changedIn(
          { resources: [service], pending: [] },
          { services: [{ metadata: { uid: "3" }, ...opened }] },
        ),
      ).toEqual([service]);
    });

    it.each([
      [
        "networking.k8s.io/v1:NetworkPolicy",
        "networkpolicies",
        { spec: { ingress: [{ from: [{ podSelector: {} }] }] } },
        { spec: { ingress: [{ _from: [{ podSelector: {} }] }] } },
        { spec: { ingress: [{}] } },
      ],
      [
        "core/v1:LimitRange",
        "limitranges",
        { spec: { limits: [{ default: { cpu: "1" } }] } },
        { spec: { limits: [{ _default: { cpu: "1" }, min: {} }] } },
        { spec: { limits: [] } },
      ],
      [
        "rbac.authorization.k8s.io/v1:Role",
        "roles",
        { rules: [{ verbs: ["get"] }] },
        { rules: [{ verbs: ["get"] }] },
        { rules: [{ verbs: ["get", "list"] }] },
      ],
    ])("sees what a %s says, which is put right in its place", (type, kind, written, same, other) => {
      const resource = object(`kubernetes:${type}`, "a", "3", written);
      const seen = (now: object) =>
        changedIn({ resources: [resource], pending: [] }, { [kind]: [{ metadata: { uid: "3" }, ...now }] });
      expect(seen(same)).toEqual([]);
      expect(seen(other)).toEqual([resource]);
    });

    it("takes what is hidden, since it is somebody's secret, too, for no change", () => {
      const mask = new Mask().add("catalogue");
      const route = { selector: { app: "catalogue" } };
      const service = object("kubernetes:core/v1:Service", "catalogue", "3", { spec: route });
      const found = mask.object({ metadata: { uid: "3" }, spec: route });
      expect(found.spec.selector.app).toBe("***");
      expect(changedIn({ resources: [service], pending: [] }, { services: [found] }, mask)).toEqual([]);
    });
  });
});

describe("the trust of what runs in an environment", () => {
  const of = (trust: string) => ({ ...namespace, marks: { stack: "s", trust } });

  it.each([
    ["trusted", "fork"],
    ["fork", "trusted"],
    ["anything\n", "trusted"],
  ])("is refused where it is %j and %s is wanted", (trust, wanted) => {
    expect(() => {
      requireTrust(of(trust), wanted);
    }).toThrow(
      `namespace env-s was made for code of the trust ${JSON.stringify(trust)}, and this is of "${wanted}": remove it first with \`dynenv down\`, or choose another stack`,
    );
  });

  it("may stay as it is, or be unknown", () => {
    requireTrust(of("fork"), "fork");
    requireTrust(namespace, "fork");
  });
});
