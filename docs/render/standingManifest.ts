import { standingPermissions } from "../../cli/access/standingPermissions.ts";
import { document, rules } from "./rbacManifest.ts";

const api = "rbac.authorization.k8s.io";
const role = "dynenv-standing";
/** The environment that the file is written for; others take its place by their names. */
const stack = "production";
const account = { kind: "ServiceAccount", name: stack, namespace: role };

/** ci/standing.yaml: who deploys one standing environment, bound in its namespace alone. */
export function standingManifest(): string {
  return [
    "# Who deploys the standing environment `production`, which docs/standing.md explains. Written by `npm run docs`.\n" +
      "# To be applied once the environment's first `dynenv up` has made its namespace.\n",
    document({ apiVersion: "v1", kind: "Namespace", metadata: { name: account.namespace } }),
    document({
      ...{ apiVersion: "v1", kind: "ServiceAccount" },
      metadata: { name: account.name, namespace: account.namespace },
      automountServiceAccountToken: false,
    }),
    document(
      {
        ...{ apiVersion: `${api}/v1`, kind: "ClusterRole", metadata: { name: role } },
        rules: rules(standingPermissions),
      },
      " By itself it gives nothing: it is bound in a namespace.",
    ),
    document({
      ...{ apiVersion: `${api}/v1`, kind: "RoleBinding" },
      metadata: { name: role, namespace: `env-${stack}` },
      roleRef: { apiGroup: api, kind: "ClusterRole", name: role },
      subjects: [account],
    }),
    ...owning(),
    ...admission(),
  ].join("---\n");
}

/** What some clusters ask of whoever names a namespace as an owner: they ask without a namespace. */
function owning(): string[] {
  const name = `${role}-${stack}`;
  return [
    document(
      {
        ...{ apiVersion: `${api}/v1`, kind: "ClusterRole", metadata: { name } },
        rules: [
          {
            ...{ apiGroups: [""], resources: ["namespaces/finalizers"] },
            ...{ resourceNames: [`env-${stack}`], verbs: ["update"] },
          },
        ],
      },
      " Only for clusters that ask for it, such as OpenShift: else leave it out.",
    ),
    document({
      ...{ apiVersion: `${api}/v1`, kind: "ClusterRoleBinding", metadata: { name } },
      roleRef: { apiGroup: api, kind: "ClusterRole", name },
      subjects: [account],
    }),
  ];
}

/** What RBAC cannot say: of its namespace, an identity that may patch it changes no more than which release is there. */
function admission(): string[] {
  const kind = "ValidatingAdmissionPolicy";
  const metadata = { name: role };
  const annotations = (object: string) =>
    `has(${object}.metadata.annotations) ? ${object}.metadata.annotations : {}`;
  return [
    document(
      {
        ...{ apiVersion: "admissionregistration.k8s.io/v1", kind, metadata },
        spec: {
          failurePolicy: "Fail",
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: [""],
                apiVersions: ["*"],
                operations: ["UPDATE"],
                resources: ["namespaces", "namespaces/*"],
              },
            ],
          },
          matchConditions: [
            {
              name: "is-deployer",
              expression: `'system:serviceaccounts:${account.namespace}' in request.userInfo.groups`,
            },
          ],
          variables: [
            { name: "before", expression: annotations("oldObject") },
            { name: "after", expression: annotations("object") },
            { name: "release", expression: `[${released.map((key) => `'${key}'`).join(", ")}]` },
          ],
          validations: [
            {
              expression: "object.metadata.?labels == oldObject.metadata.?labels",
              message:
                "who deploys a standing environment may not change the labels of its namespace, such as its Pod Security level",
            },
            {
              expression:
                "variables.after.all(key, value, key in variables.release || (key in variables.before && variables.before[key] == value)) && " +
                "variables.before.all(key, key in variables.release || key in variables.after)",
              message:
                "who deploys a standing environment may change no annotations of its namespace but those that tell its release",
            },
          ],
        },
      },
      " What RBAC cannot say: without it, a patch of its own namespace opens that to privileged pods.",
    ),
    document({
      ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: `${kind}Binding`, metadata },
      spec: { policyName: role, validationActions: ["Deny"] },
    }),
  ];
}

/** Annotations that tell what was deployed, and those of Pulumi's. */
const released = [
  ...["dynenv/ref", "dynenv/commit", "dynenv/mergeRequest", "dynenv/tested"],
  "kubectl.kubernetes.io/last-applied-configuration",
];
