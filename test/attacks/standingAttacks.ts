import { objectsOfAllKinds } from "./foreignObjects.ts";
import type { TokenAttack } from "./tokenAttacks.ts";

const dry = "--dry-run=server";
const create = ["create", dry, "-f", "-"];

function annotated(name: string, annotations: object): string[] {
  return [
    "patch",
    "namespace",
    name,
    dry,
    "--type=merge",
    "-p",
    JSON.stringify({ metadata: { annotations } }),
  ];
}

function labelled(name: string, labels: object): string[] {
  return ["patch", "namespace", name, dry, "--type=merge", "-p", JSON.stringify({ metadata: { labels } })];
}

/** What whoever deploys a standing environment tries in namespaces that are not its own: his role reaches none of them. */
export function outOfReach(others: string[], own: string): TokenAttack[] {
  return [...others.flatMap(inAnother), ...onCluster(own)];
}

function inAnother(target: string): TokenAttack[] {
  const objects = objectsOfAllKinds(target, "attack").flatMap(({ resource, object }) => [
    { what: `${resource} made in ${target}`, args: create, input: object },
    { what: `${resource} read in ${target}`, args: ["get", resource, "attacked", "-n", target] },
    { what: `${resource} listed in ${target}`, args: ["get", resource, "-n", target] },
    {
      what: `${resource} changed in ${target}`,
      args: [
        "patch",
        resource,
        "attacked",
        "-n",
        target,
        dry,
        "--type=merge",
        "-p",
        '{"metadata":{"labels":{"a":"b"}}}',
      ],
    },
    { what: `${resource} removed in ${target}`, args: ["delete", resource, "attacked", "-n", target, dry] },
  ]);
  return [
    ...objects,
    { what: `${target} itself, read`, args: ["get", "namespace", target] },
    { what: `${target} itself, changed`, args: annotated(target, { "dynenv/commit": "a" }) },
    { what: `${target} itself, removed`, args: ["delete", "namespace", target, dry] },
  ];
}

function onCluster(own: string): TokenAttack[] {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "env-attack" } };
  return [
    { what: "all namespaces", args: ["get", "namespaces"] },
    { what: "all Secrets", args: ["get", "secrets", "--all-namespaces"] },
    { what: "all events", args: ["get", "events", "--all-namespaces"] },
    { what: "a namespace, made", args: create, input: namespace },
    { what: "its own namespace, removed", args: ["delete", "namespace", own, dry] },
    {
      what: "its role in the whole cluster",
      args: [
        "create",
        "clusterrolebinding",
        "attack",
        "--clusterrole=dynenv-standing",
        "--user=attacker",
        dry,
      ],
    },
    { what: "a token of another account", args: ["create", "token", "default", "-n", own] },
    { what: "the end of its policy", args: ["delete", "validatingadmissionpolicy", "dynenv-standing", dry] },
  ];
}

/** What its role permits in its own namespace, and admission refuses. */
export function refusedInOwn(own: string): TokenAttack[] {
  const enforce = "pod-security.kubernetes.io/enforce";
  const account = `--serviceaccount=${own}:default`;
  return [
    {
      what: "the Pod Security level of its namespace, lowered",
      args: labelled(own, { [enforce]: "privileged" }),
    },
    { what: "the Pod Security level of its namespace, removed", args: labelled(own, { [enforce]: null }) },
    { what: "a label that others' policies let in", args: labelled(own, { team: "payments" }) },
    { what: "its kind, removed", args: annotated(own, { "dynenv/kind": null }) },
    { what: "its stack", args: annotated(own, { "dynenv/stack": "other" }) },
    { what: "hosts of others", args: annotated(own, { "owner.dynenv/hosts": "shop.example.com" }) },
    {
      what: "its role for another",
      args: ["create", "rolebinding", "attack", "-n", own, dry, account, "--clusterrole=dynenv-standing"],
    },
  ];
}

/** What a deployment does: were it refused, nothing of the above would say much. */
export function deployments(own: string): TokenAttack[] {
  return [
    { what: "its commit", args: annotated(own, { "dynenv/commit": "abcdef0", "dynenv/tested": "a" }) },
    { what: "its Secrets", args: ["get", "secrets", "-n", own] },
    ...objectsOfAllKinds(own, "attack").map(({ resource, object }) => ({
      ...{ what: `${resource} made`, args: create, input: object },
    })),
  ];
}
