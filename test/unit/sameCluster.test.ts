import { KubeConfig } from "#bundled/kubernetes";
import { expect, test } from "vitest";
import { requireSameCluster } from "../../cli/environment/sameCluster.ts";
import type { EnvironmentNamespace } from "../../cli/kubernetes/namespace.ts";
import type { StackState } from "../../cli/pulumi/state.ts";

/** A kubeconfig that knows these contexts, the first of which is the current one. */
function config(...contexts: string[]): KubeConfig {
  const all = new KubeConfig();
  all.loadFromOptions({
    clusters: [{ name: "c", server: "https://c.example.com", skipTLSVerify: false }],
    users: [{ name: "u" }],
    contexts: contexts.map((name) => ({ name, cluster: "c", user: "u" })),
    currentContext: contexts[0] ?? "",
  });
  return all;
}

/** A state that was made with a context, and a namespace in it. */
function state(context: string | undefined, uid: string): StackState {
  const metadata = { name: "env-s", uid };
  return {
    resources: [
      { type: "pulumi:providers:kubernetes", urn: "p", ...(context && { inputs: { context } }) },
      {
        ...{ type: "kubernetes:core/v1:Namespace", urn: "n" },
        inputs: { metadata: { annotations: { "dynenv/stack": "s" } } },
        outputs: { metadata },
      },
    ],
    pending: [],
  };
}

const namespace = (uid: string): EnvironmentNamespace => ({
  ...{ name: "env-s", uid, created: new Date(0) },
  ...{ isOurs: true, marks: { stack: "s" }, isTerminating: false },
});

const check = (...args: Parameters<typeof requireSameCluster>) => {
  return () => {
    requireSameCluster(...args);
  };
};

test.each([
  ["no state", undefined],
  ["one that names no context", state(undefined, "1")],
  ["one of the current context, wherever its namespace is", state("a", "1")],
])("a state is taken for this cluster's where there is %s", (_what, of) => {
  expect(check(config("a"), "s", of, undefined)).not.toThrow();
});

test("a state of another context is this cluster's where it knows the namespace", () => {
  expect(check(config("a", "b"), "s", state("b", "1"), namespace("1"))).not.toThrow();
});

test.each([undefined, namespace("2")])(
  "a state of another context is not forgotten where the cluster lacks its namespace, or has another",
  (found) => {
    expect(check(config("a", "b"), "s", state("b", "1"), found)).toThrow(
      "stack s was made with the context b, but the cluster of this kubeconfig lacks its namespace: nothing was changed; use the kubeconfig of the cluster that has it, or, if it was deleted, run `pulumi stack rm --force --stack s`",
    );
  },
);

test("a state of a context that the kubeconfig lacks is of another cluster", () => {
  expect(check(config("a"), "s", state("b", "1"), namespace("1"))).toThrow(
    "stack s is of another cluster, whose context b this kubeconfig lacks: nothing was changed; use the kubeconfig of that one",
  );
});
