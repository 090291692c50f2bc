import { permissions } from "../../cli/access/permissions.ts";

type Manifest = { apiVersion: string; kind: string; metadata: object } & Record<string, unknown>;

const rbac = "rbac.authorization.k8s.io";
const labels = { app: "attacked" };
const template = {
  metadata: { labels },
  spec: { containers: [{ name: "a", image: "a" }], restartPolicy: "Never" },
};
const backend = { service: { name: "attacked", port: { number: 80 } } };
const selector = { matchLabels: labels };

/** In place of it stands the host of the namespace, which is the only one that an environment may take. */
const ownHost = "own.host";

/** What is particular to the smallest object of each kind that the CI identity may create. */
const contents: Record<string, Omit<Manifest, "metadata">> = {
  resourcequotas: { apiVersion: "v1", kind: "ResourceQuota" },
  limitranges: { apiVersion: "v1", kind: "LimitRange", spec: { limits: [] } },
  serviceaccounts: { apiVersion: "v1", kind: "ServiceAccount" },
  secrets: { apiVersion: "v1", kind: "Secret" },
  configmaps: { apiVersion: "v1", kind: "ConfigMap" },
  services: { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80 }] } },
  networkpolicies: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", spec: { podSelector: {} } },
  ingresses: {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
    spec: { rules: [{ host: ownHost, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
  },
  httproutes: {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    spec: { hostnames: [ownHost] },
  },
  deployments: {
    ...{ apiVersion: "apps/v1", kind: "Deployment" },
    spec: {
      ...{ replicas: 0, selector },
      template: { ...template, spec: { ...template.spec, restartPolicy: "Always" } },
    },
  },
  jobs: { apiVersion: "batch/v1", kind: "Job", spec: { suspend: true, template } },
  cronjobs: {
    ...{ apiVersion: "batch/v1", kind: "CronJob" },
    spec: { suspend: true, schedule: "0 0 1 1 *", jobTemplate: { spec: { template } } },
  },
  roles: { apiVersion: `${rbac}/v1`, kind: "Role", rules: [] },
  rolebindings: {
    ...{ apiVersion: `${rbac}/v1`, kind: "RoleBinding" },
    roleRef: { apiGroup: rbac, kind: "Role", name: "attacked" },
  },
};

/** Kinds in namespaces that the CI identity may create, as the permissions list them. */
const creatable = [
  ...new Set(
    permissions
      // Those of environments that stay belong to another identity.
      .filter(({ uses }) => !uses.includes("stay"))
      .filter(({ resource, verbs }) => verbs.includes("create") && !resource.includes("/"))
      .map(({ resource }) => resource)
      .filter((resource) => resource !== "namespaces"),
  ),
];

/** The smallest object of each kind that the CI identity may create. @throws on a kind that is not known here. */
export function objectsOfAllKinds(namespace: string, name: string): { resource: string; object: Manifest }[] {
  return creatable.map((resource) => {
    const content = contents[resource];
    if (content === undefined) throw new Error(`add an object of the kind ${resource}`);
    const { apiVersion, kind, ...rest } = JSON.parse(
      JSON.stringify(content).replaceAll(ownHost, `${namespace}.previews.example.com`),
    ) as typeof content;
    return { resource, object: { apiVersion, kind, metadata: { name, namespace }, ...rest } as Manifest };
  });
}
