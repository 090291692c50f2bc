import { gatewayApi, roles } from "../../components/model/index.ts";

/**
 * What an identity does with it: `people` lets environments have users and groups; `route` and `ingress` give them addresses
 * outside of the cluster, by a Gateway or by a class of Ingresses; `find` looks for that Gateway where no setting names one;
 * `stay` is for environments that stay.
 */
export type Use = "up" | "down" | "test" | "people" | "route" | "ingress" | "find" | "stay";

/** What the CI identity must be allowed to do, and why. */
export interface Permission {
  apiGroup: string;
  resource: string;
  verbs: string[];
  /** Whether a binding within the environment's namespace is enough. */
  scope: "cluster" | "namespace";
  uses: Use[];
  why: string;
}

const rbac = "rbac.authorization.k8s.io";

/** What `pulumi up` creates in the namespace, and why it is there. */
export const created: [apiGroup: string, resource: string, why: string, use?: Use][] = [
  ["", "resourcequotas", "bounds what the environment takes from the cluster"],
  ["", "limitranges", "gives limits to containers that state none"],
  ["networking.k8s.io", "networkpolicies", "closes all connections but those of the service graph"],
  ["", "serviceaccounts", "one for each workload, with the login to the registry and without a token"],
  ["", "secrets", "the login to the registry, generated passwords and secret variables"],
  ["", "configmaps", "variables, seeds and the program of the readiness Job"],
  ["", "services", "the addresses of the services"],
  ["apps", "deployments", "the services themselves"],
  ["batch", "jobs", "seeds, what runs before services, and the readiness Job that `pulumi up` waits for"],
  ["batch", "cronjobs", "describes the test Job, and the tasks of services"],
  [rbac, "roles", "what the test job, and people, may do in the namespace"],
  [rbac, "rolebindings", "who may"],
  [gatewayApi.group, "httproutes", "addresses outside of the cluster, where a `gateway` is set", "route"],
  [
    ...(["networking.k8s.io", "ingresses"] as const),
    "addresses outside of the cluster, where an `ingressClass` is set",
    "ingress",
  ],
  ["", "persistentvolumeclaims", "volumes of services, which outlive their pods", "stay"],
  ["policy", "poddisruptionbudgets", "nodes that are drained take one pod of a service at a time", "stay"],
  ["autoscaling", "horizontalpodautoscalers", "as many pods of a service as it is busy", "stay"],
];

const managing: Permission[] = created.map(([apiGroup, resource, why, use = "up"]) => ({
  ...{ apiGroup, resource, why },
  // An update drops what is needed no longer; the provider lists and watches a kind while it waits for a removal.
  verbs: ["create", "get", "list", "watch", "patch", "delete"],
  scope: "namespace",
  uses: [use],
}));

const namespaces: Permission[] = [
  {
    ...{ apiGroup: "", resource: "namespaces", verbs: ["create", "list", "watch"], scope: "cluster" },
    uses: ["up"],
    why: "each environment has a namespace of its own, found by its marks; one that goes is waited for",
  },
  {
    ...{ apiGroup: "", resource: "namespaces", verbs: ["list", "watch"], scope: "cluster" },
    uses: ["down"],
    why: "waits until it is gone; finds what has expired, by its marks",
  },
  {
    ...{ apiGroup: "", resource: "namespaces", verbs: ["get", "patch", "delete"], scope: "namespace" },
    uses: ["up"],
    why: "an update renews its marks; one that an earlier run left half made or half removed goes first",
  },
  {
    ...{ apiGroup: "", resource: "namespaces/finalizers", verbs: ["update"], scope: "cluster" },
    uses: ["up"],
    why: "it owns the workloads, so that they end with it; some clusters, such as OpenShift, ask for this right then",
  },
  {
    ...{ apiGroup: "", resource: "namespaces", verbs: ["get", "delete"], scope: "namespace" },
    uses: ["down"],
    why: "it goes, with all that is in it",
  },
  {
    ...{ apiGroup: "", resource: "events", verbs: ["list", "watch"], scope: "cluster" },
    uses: ["up", "down"],
    why: "Pulumi's provider begins to wait for an object only once it watches events: for a namespace, those of the cluster",
  },
];

const removing: Permission[] = [
  ["cronjobs", "the tests'"],
  ["jobs", "the readiness Job"],
].map(([resource = "", which = ""]) => ({
  ...{ apiGroup: "batch", resource, verbs: ["get", "list", "watch", "delete"] },
  scope: "namespace",
  uses: ["down"],
  why: `${which} goes first and by itself, all else with the namespace; the provider waits until it is gone`,
}));

/** What ends pods at once, whatever their grace period. */
const ending: Permission = {
  ...{ apiGroup: "", resource: "pods", verbs: ["list", "watch", "delete"], scope: "namespace" },
  uses: ["up", "down"],
  why: "`dynenv down` deletes them with the shortest grace period; one that ignores SIGTERM would take all of its own",
};

const waiting: Permission[] = [
  ["apps", "replicasets"],
  ["", "pods"],
  ["", "persistentvolumeclaims"],
].map(([apiGroup = "", resource = ""]) => ({
  ...{ apiGroup, resource, verbs: ["list", "watch"] },
  scope: "namespace",
  uses: ["up"],
  why: "Pulumi's provider watches them while it waits for a Deployment; pods tell why one is not ready",
}));

/** What ends a Job whose pod does not. */
const completing: Permission = {
  ...{ apiGroup: "batch", resource: "jobs/status", verbs: ["patch"], scope: "namespace" },
  uses: ["up", "test"],
  why: "ends a Job whose own container has ended, beside one that was injected, and a test Job that cannot begin",
};

const testing: Permission[] = (
  [
    [
      "batch",
      "cronjobs",
      ["get", "list"],
      "reads which suites there are, and what a Job of theirs, or a task's, is to be",
    ],
    [
      "batch",
      "jobs",
      ["get", "create", "watch"],
      "asks the readiness Job; starts the test Job and waits for its end",
    ],
    ["apps", "deployments", ["list"], "sees whether what the readiness Job asked is still what runs"],
    ["apps", "replicasets", ["list"], "sees which pods came first, those that the readiness Job asked"],
    ["", "services", ["list"], "sees whether they still lead to these pods"],
    ["", "pods", ["watch"], "waits for its pod and reads how it ended"],
    [
      "",
      "pods/log",
      ["get"],
      "passes its log on; without it a diagnosis has no last lines of a service that ended",
    ],
  ] as const
).map(([apiGroup, resource, verbs, why]) => ({
  ...{ apiGroup, resource, verbs: [...verbs], why },
  scope: "namespace",
  uses: ["test"],
}));

/** What nobody needs who names the gateway; without it, what is exposed has no address. */
const finding: Permission[] = [
  [gatewayApi.group, "gateways", "list", "finds the cluster's Gateway where no setting names one"],
  [gatewayApi.group, "gatewayclasses", "get", "learns who serves that Gateway"],
  ["", "pods", "list", "finds the pods of the gateway, which may call what is exposed"],
  ["", "services", "list", "finds where the readiness Job may ask the gateway"],
].map(([apiGroup = "", resource = "", verb = "", why = ""]) => ({
  ...{ apiGroup, resource, verbs: [verb], why },
  scope: "cluster",
  uses: ["find"],
}));

const own = [...namespaces, ...managing, ...waiting, ...removing, ending, completing, ...testing];
const toTestRunner = granted(
  "test-runner",
  own,
  "up",
  "the environment's test job gets it, and nobody can grant what he lacks",
);

/** Every permission of the CI identity. */
export const permissions: Permission[] = [
  ...own,
  ...toTestRunner,
  ...granted(
    "developer",
    [...own, ...toTestRunner],
    "people",
    "an environment's users and groups get it, and nobody can grant what he lacks",
  ),
  ...finding,
];

/** What a role grants beyond what is held: to create it without the verb `escalate`, one must hold it all. */
function granted(role: keyof typeof roles, held: Permission[], use: Use, why: string): Permission[] {
  const wanted = roles[role].flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((apiGroup) => resources.map((resource) => ({ apiGroup, resource, verbs }))),
  );
  return wanted.flatMap(({ apiGroup, resource, verbs }) => {
    const lacking = verbs.filter((verb) => !held.some((one) => allows(one, apiGroup, resource, verb)));
    if (lacking.length === 0) return [];
    return [{ apiGroup, resource, verbs: lacking, scope: "namespace" as const, uses: [use], why }];
  });
}

function allows(held: Permission, apiGroup: string, resource: string, verb: string): boolean {
  return held.apiGroup === apiGroup && held.resource === resource && held.verbs.includes(verb);
}

/** One question to the cluster. */
export interface Access {
  apiGroup: string;
  resource: string;
  verb: string;
  scope: Permission["scope"];
}

/** What some uses need of what an identity is to hold, each verb on its own and once. */
export function accesses(uses: readonly Use[], held: Permission[] = permissions): Access[] {
  const needed = held
    .filter((permission) => permission.uses.some((use) => uses.includes(use)))
    .flatMap(({ apiGroup, resource, verbs, scope }) =>
      verbs.map((verb) => ({ apiGroup, resource, verb, scope })),
    );
  const inCluster = needed.filter(({ scope }) => scope === "cluster");
  const once = new Map(
    [...needed, ...inCluster].map((access) => [
      `${access.apiGroup}/${access.resource}/${access.verb}`,
      access,
    ]),
  );
  return [...once.values()];
}
