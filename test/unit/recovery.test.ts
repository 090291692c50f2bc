import { describe, expect, it } from "vitest";
import type { EnvironmentNamespace } from "../../cli/namespace.ts";
import type { StackState } from "../../cli/state.ts";
import { doubtIn } from "../../cli/recovery.ts";

const urn = "urn:pulumi:s::dynenv::a$kubernetes:core/v1:Namespace::preview-namespace";
const known = {
  type: "kubernetes:core/v1:Namespace",
  urn,
  outputs: { metadata: { name: "env-s", uid: "1" } },
};
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
    expect(doubtIn(state, found)).toBeUndefined();
  });

  it.each<[string, StackState | undefined, EnvironmentNamespace | undefined]>([
    ["half made, at Namespace preview-namespace", { resources: [], pending: [known] }, undefined],
    ["half made, at Namespace preview-namespace", { ...whole, pending: [known] }, namespace],
    ["half removed", whole, { ...namespace, isTerminating: true }],
    ["half removed", undefined, { ...namespace, isTerminating: true }],
    ["without a state", undefined, namespace],
    ["without a state", empty, namespace],
    ["without a namespace", whole, undefined],
    ["with the state of another namespace", whole, { ...namespace, uid: "2" }],
  ])("is in doubt: %s", (doubt, state, found) => {
    expect(doubtIn(state, found)).toBe(doubt);
  });

  it("is in doubt without a Deployment or the tests, but not without a Job that is over, nor a CronJob elsewhere", () => {
    const object = (type: string, name: string, uid: string, namespace = "env-s") => ({
      ...{ type, urn: `urn:pulumi:s::dynenv::a$${type}::${name}` },
      outputs: { metadata: { name, uid, namespace } },
    });
    const resources = [
      known,
      object("kubernetes:apps/v1:Deployment", "preview-deals", "2"),
      object("kubernetes:batch/v1:CronJob", "preview-tests", "3"),
      object("kubernetes:batch/v1:Job", "preview-readiness", "4"),
      object("kubernetes:batch/v1:CronJob", "report", "5", "tools"),
    ];
    const state = { resources, pending: [] };
    expect(doubtIn(state, namespace, ["2", "3"])).toBeUndefined();
    expect(doubtIn(state, namespace, ["3"])).toBe("without Deployment preview-deals");
    expect(doubtIn(state, namespace, ["2"])).toBe("without CronJob preview-tests");
  });
});
