import type { Targets, TokenAttack } from "./tokenAttacks.ts";

const dry = "--dry-run=server";
const rbac = "rbac.authorization.k8s.io/v1";

/** What the roles do not permit, whatever admission says. */
export function refusedByRoles({ environment, outside, pod }: Targets): TokenAttack[] {
  return [...onSubresources(environment, outside, pod), ...onTheCluster(), ...inside(environment)];
}

function onSubresources(environment: string, outside: string, pod: string): TokenAttack[] {
  const path = `/api/v1/namespaces/${outside}`;
  const namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: outside },
    spec: { finalizers: [] },
  };
  const label = JSON.stringify({ metadata: { labels: { a: "b" } } });
  const container = JSON.stringify({ spec: { ephemeralContainers: [{ name: "attack", image: "attack" }] } });
  return [
    {
      what: "a further container in a pod",
      args: [
        "patch",
        "pod",
        pod,
        "-n",
        "kube-system",
        dry,
        "--subresource=ephemeralcontainers",
        "-p",
        container,
      ],
    },
    {
      what: "a namespace finalized",
      args: ["replace", "--raw", `${path}/finalize?dryRun=All`, "-f", "-"],
      input: namespace,
    },
    {
      what: "a namespace changed by its status",
      args: ["patch", "namespace", environment, dry, "--subresource=status", "-p", label],
    },
    {
      what: "a Service's address, by its status",
      args: ["patch", "service", "attacked", "-n", environment, dry, "--subresource=status", "-p", label],
    },
    { what: "a token of another account", args: ["create", "token", "default", "-n", "kube-system"] },
    {
      what: "a token of an account of the environment",
      args: ["create", "token", "default", "-n", environment],
    },
    {
      what: "a collection removed at once",
      args: ["delete", "--raw", `${path}/configmaps?dryRun=All`],
    },
    { what: "another identity", args: ["get", "nodes", "--as=system:admin", "--as-group=system:masters"] },
  ];
}

function onTheCluster(): TokenAttack[] {
  const subject = "--serviceaccount=dynenv-ci:ci";
  const webhooks = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" };
  const volume = {
    ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "attack" } },
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/" } },
  };
  const create = ["create", dry, "-f", "-"];
  return [
    {
      what: "cluster-admin",
      args: ["create", "clusterrolebinding", "attack", "--clusterrole=cluster-admin", subject, dry],
    },
    { what: "a volume of the node's disk", args: create, input: volume },
    { what: "a webhook", args: create, input: { ...webhooks, metadata: { name: "attack" } } },
    ...["validatingadmissionpolicy", "validatingadmissionpolicybinding"].map((kind) => ({
      what: `the end of the ${kind}`,
      args: ["delete", kind, "dynenv-ci", dry],
    })),
    { what: "a higher priority", args: ["create", "priorityclass", "attack", "--value=1000", dry] },
    { what: "a node's labels", args: ["label", "node", "local", "attack=1", dry] },
  ];
}

function inside(environment: string): TokenAttack[] {
  const metadata = { name: "attack", namespace: environment };
  const endpoints = { addresses: ["10.0.0.1"], conditions: { ready: true } };
  const create = ["create", dry, "-f", "-"];
  const binding = { apiVersion: rbac, kind: "RoleBinding", metadata };
  return [
    {
      what: "cluster-admin in the environment",
      args: create,
      input: {
        ...binding,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: "default", namespace: environment }],
      },
    },
    {
      what: "a Service that points at a node",
      args: create,
      input: {
        ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata },
        ...{ addressType: "IPv4", endpoints: [endpoints], ports: [{ port: 10250 }] },
      },
    },
    {
      what: "a pod without a workload",
      args: ["run", "attack", "--image=attack", "-n", "kube-system", dry],
    },
    {
      what: "a Service that points at a node, by Endpoints",
      args: create,
      input: { apiVersion: "v1", kind: "Endpoints", metadata },
    },
  ];
}
