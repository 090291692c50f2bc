import { pod } from "../integration/pods.ts";
import { onAddresses } from "./addressAttacks.ts";
import { objectsOfAllKinds } from "./foreignObjects.ts";

/** One request that somebody sends who has stolen a token; as a dry run, so that nothing happens where it gets through. */
export interface TokenAttack {
  what: string;
  /** Arguments of kubectl. */
  args: string[];
  /** Sent as JSON. */
  input?: object;
}

/** What is attacked. */
export interface Targets {
  /** An environment of the project. */
  environment: string;
  /** A standing one, whose namespace has all that an environment's has; an object of each kind called `attacked` is in it, too. */
  standing: string;
  /** Somebody else's namespace with the name of an environment, and an object of each kind called `attacked`. */
  foreign: string;
  /** The same under another name. */
  outside: string;
  /** A pod of the cluster's own, in kube-system. */
  pod: string;
}

const mark = { "app.kubernetes.io/part-of": "dynenv" };
const enforce = "pod-security.kubernetes.io/enforce";
const dry = "--dry-run=server";
const create = ["create", dry, "-f", "-"];

function namespace(metadata: object, labels: object = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { ...metadata, labels: { ...mark, ...labels } } };
}

function patch(target: string, changes: object, ...more: string[]): string[] {
  return ["patch", ...target.split("/"), dry, "--type=merge", "-p", JSON.stringify(changes), ...more];
}

function labelled(name: string, labels: object): string[] {
  return patch(`namespace/${name}`, { metadata: { labels } });
}

/** What admission has to refuse, since the roles permit it. */
export function refusedByAdmission(targets: Targets): TokenAttack[] {
  return [
    ...onNewNamespaces(),
    ...onNamespaces(targets),
    ...onStanding(targets),
    ...[targets.foreign, targets.outside, targets.standing].flatMap(inNamespacesOfOthers),
    ...intoPods(targets),
    ...onServices(targets.environment),
    ...handingOn(targets.environment),
  ];
}

/** A priority class of the attacked cluster, whose pods take the place of others. */
export const displacing = "attacked-displacing";

/** What admission refuses in an environment to everybody, so also to those to whom the identity hands its rights on. */
export function refusedToAnybody({ environment }: Targets): TokenAttack[] {
  const metadata = { name: "attack", namespace: environment };
  // Else of the level that the namespace enforces, which is looked at first.
  const { spec } = pod("attack", { image: "a", command: ["a"] });
  return [
    ...onServices(environment),
    ...handingOn(environment),
    ...onAddresses(environment, dry),
    {
      what: "a pod with the priority of the cluster's own",
      args: create,
      input: {
        ...{ apiVersion: "v1", kind: "Pod", metadata },
        spec: { ...spec, priorityClassName: "system-node-critical" },
      },
    },
    {
      what: "a pod with a priority of the platform's that displaces others",
      args: create,
      input: {
        ...{ apiVersion: "v1", kind: "Pod", metadata },
        spec: { ...spec, priorityClassName: displacing },
      },
    },
  ];
}

/** What admission refuses or not, depending on the lowest level. */
export function namespaceOfLevel(level: string): TokenAttack {
  const input = namespace({ name: "env-attack" }, { [enforce]: level });
  return { what: `a namespace that enforces ${level}`, args: create, input };
}

/** An environment's Pod Security level, changed. */
export function changedLevel({ environment }: Targets, level: string): TokenAttack {
  return { what: `an environment's level, now ${level}`, args: labelled(environment, { [enforce]: level }) };
}

function onNewNamespaces(): TokenAttack[] {
  const restricted = { [enforce]: "restricted" };
  const named = { name: "env-attack" };
  const made: [string, object][] = [
    ["without a Pod Security level", namespace(named)],
    ["that enforces nothing", namespace(named, { [enforce]: "privileged" })],
    ["that enforces too little", namespace(named, { [enforce]: "baseline" })],
    ["that only warns", namespace(named, { "pod-security.kubernetes.io/warn": "restricted" })],
    ["that enforces an old version", namespace(named, { ...restricted, [`${enforce}-version`]: "v1.0" })],
    ["with a generated name, without a level", namespace({ generateName: "env-" })],
    ["with a generated name of somebody else", namespace({ generateName: "team-" }, restricted)],
    ["of another name", namespace({ name: "attack" }, restricted)],
    ["of almost the name", namespace({ name: "xenv-attack" }, restricted)],
    ["whose host is that of a service of another", namespace({ name: "env-web--env-other" }, restricted)],
    ["without the mark", { ...namespace(named), metadata: { ...named, labels: restricted } }],
    ["with a label that others' policies let in", namespace(named, { ...restricted, team: "payments" })],
    [
      "with an annotation that chooses nodes",
      namespace(
        { ...named, annotations: { "scheduler.alpha.kubernetes.io/node-selector": "a=b" } },
        restricted,
      ),
    ],
  ];
  const applied = ["apply", "--server-side", "--force-conflicts", dry, "-f", "-"];
  return [
    ...made.map(([what, input]) => ({ what: `a namespace ${what}`, args: create, input })),
    { what: "a namespace without a level, by an apply", args: applied, input: namespace(named) },
  ];
}

function onNamespaces({ environment, foreign, outside }: Targets): TokenAttack[] {
  const without = JSON.stringify([{ op: "remove", path: `/metadata/labels/${enforce.replace("/", "~1")}` }]);
  const own = { ...mark, [enforce]: "restricted" };
  return [
    { what: "an environment's level, removed", args: labelled(environment, { [enforce]: null }) },
    {
      what: "an environment's level, removed by a JSON patch",
      args: ["patch", "namespace", environment, dry, "--type=json", "-p", without],
    },
    { what: "an environment's level, lowered", args: labelled(environment, { [enforce]: "baseline" }) },
    { what: "an environment's version", args: labelled(environment, { [`${enforce}-version`]: "v1.18" }) },
    {
      what: "an environment's mark, removed",
      args: labelled(environment, { [Object.keys(mark).join()]: null }),
    },
    { what: "a further label", args: labelled(environment, { "admission.example.com/ignore": "true" }) },
    {
      what: "a further annotation",
      args: patch(`namespace/${environment}`, {
        metadata: { annotations: { "example.com/ignore": "true" } },
      }),
    },
    {
      what: "hosts of others",
      args: patch(`namespace/${environment}`, {
        metadata: { annotations: { "owner.dynenv/hosts": "shop.example.com" } },
      }),
    },
    ...[foreign, outside].flatMap((name) => [
      { what: `adopting ${name}`, args: labelled(name, own) },
      { what: `removing ${name}`, args: ["delete", "namespace", name, dry] },
    ]),
  ];
}

/** By the mark of its kind an environment is kept for ever, and by another identity. */
function onStanding({ environment, standing }: Targets): TokenAttack[] {
  const marked = { annotations: { "dynenv/kind": "standing" } };
  const kind = (value: string | null) => ({ metadata: { annotations: { "dynenv/kind": value } } });
  const without = JSON.stringify([{ op: "remove", path: "/metadata/annotations/dynenv~1kind" }]);
  const input = namespace({ name: "env-attack", ...marked }, { [enforce]: "restricted" });
  return [
    { what: "a standing environment, made", args: create, input },
    { what: "an environment that is to stand", args: patch(`namespace/${environment}`, kind("standing")) },
    // The mark is what counts, whatever it says.
    { what: "an environment of another kind", args: patch(`namespace/${environment}`, kind("preview")) },
    { what: "a standing environment's kind, removed", args: patch(`namespace/${standing}`, kind(null)) },
    {
      what: "a standing environment's kind, removed by a JSON patch",
      args: ["patch", "namespace", standing, dry, "--type=json", "-p", without],
    },
    { what: "a standing environment's kind, changed", args: patch(`namespace/${standing}`, kind("preview")) },
    {
      what: "a standing environment's commit",
      args: patch(`namespace/${standing}`, { metadata: { annotations: { "dynenv/commit": "a" } } }),
    },
    { what: "a standing environment, removed", args: ["delete", "namespace", standing, dry] },
  ];
}

function inNamespacesOfOthers(target: string): TokenAttack[] {
  const all = objectsOfAllKinds(target, "attack").flatMap(({ resource, object }) => [
    { what: `${resource} made in ${target}`, args: create, input: object },
    {
      what: `${resource} changed in ${target}`,
      args: patch(`${resource}/attacked`, { metadata: { labels: { a: "b" } } }, "-n", target),
    },
    { what: `${resource} removed in ${target}`, args: ["delete", resource, "attacked", "-n", target, dry] },
  ]);
  return [
    ...all,
    {
      what: `a Service called in ${target}`,
      args: ["get", "--raw", `/api/v1/namespaces/${target}/services/attacked:80/proxy/`],
    },
  ];
}

/** Ways into pods of others. */
function intoPods({ pod }: Targets): TokenAttack[] {
  const inside = ["-n", "kube-system", pod];
  return [
    {
      what: "a command in a pod of the cluster's own",
      args: ["exec", ...inside, "--", "/coredns", "-version"],
    },
    { what: "the end of a pod of the cluster's own", args: ["delete", "pod", ...inside, dry] },
  ];
}

function onServices(environment: string): TokenAttack[] {
  const service = (spec: object) => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "attack", namespace: environment } },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  return [
    {
      what: "a Service that takes an address over",
      args: create,
      input: service({ externalIPs: ["203.0.113.77"] }),
    },
    {
      what: "a Service that takes an address over later",
      args: patch("service/attacked", { spec: { externalIPs: ["203.0.113.77"] } }, "-n", environment),
    },
    ...["LoadBalancer", "NodePort", "ExternalName"].map((type) => ({
      what: `a Service of type ${type}`,
      args: create,
      input: service({ type, ...(type === "ExternalName" && { externalName: "kubernetes.default.svc" }) }),
    })),
  ];
}

/** What would outlive the token, or give its rights to somebody to whom the policy of the identity does not apply. */
function handingOn(environment: string): TokenAttack[] {
  const inside = ["-n", environment, dry];
  const account = `--serviceaccount=${environment}:default`;
  const role = ["create", "role", "attack", ...inside];
  const binding = ["create", "rolebinding", "attack", ...inside, account];
  const token = {
    ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" },
    metadata: {
      ...{ name: "attack", namespace: environment },
      annotations: { "kubernetes.io/service-account.name": "default" },
    },
  };
  return [
    { what: "a token without an end", args: create, input: token },
    { what: "the identity's own role for another", args: [...binding, "--clusterrole=dynenv-ci"] },
    { what: "the namespace for another", args: [...role, "--verb=patch", "--resource=namespaces"] },
    { what: "roles for another", args: [...role, "--verb=create", "--resource=rolebindings"] },
  ];
}
