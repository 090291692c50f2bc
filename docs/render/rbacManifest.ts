import { Document, isScalar, visit } from "yaml";
import { permissions, type Permission } from "../../cli/access/permissions.ts";

const api = "rbac.authorization.k8s.io";
const account = { kind: "ServiceAccount", name: "ci", namespace: "dynenv-ci" };

/** ci/rbac.yaml: the CI identity and its roles, to be applied by a person who may. */
export function rbacManifest(): string {
  const forPeople = permissions.filter(({ uses }) => uses.includes("people"));
  const forRuns = permissions.filter(
    (permission) => !forPeople.includes(permission) && !permission.uses.includes("stay"),
  );
  return [
    "# The identity of CI jobs, with the verbs that docs/rbac.md explains. Written by `npm run docs`.\n",
    document({ apiVersion: "v1", kind: "Namespace", metadata: { name: account.namespace } }),
    document({
      ...{ apiVersion: "v1", kind: "ServiceAccount" },
      metadata: { name: account.name, namespace: account.namespace },
      automountServiceAccountToken: false,
    }),
    ...boundRole("dynenv-ci", forRuns),
    ...boundRole(
      "dynenv-ci-people",
      forPeople,
      " Only for environments with `users` or `groups`: else leave it out.",
    ),
  ].join("---\n");
}

function boundRole(name: string, held: Permission[], comment?: string): string[] {
  const role = { kind: "ClusterRole", name };
  return [
    document({ apiVersion: `${api}/v1`, kind: role.kind, metadata: { name }, rules: rules(held) }, comment),
    document({
      ...{ apiVersion: `${api}/v1`, kind: "ClusterRoleBinding", metadata: { name } },
      roleRef: { apiGroup: api, ...role },
      subjects: [account],
    }),
  ];
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const order = ["create", "get", "list", "watch", "update", "patch", "delete"];

/** One rule for each set of verbs of an API group, so that the file can be read. */
export function rules(held: Permission[]): Rule[] {
  const verbs = new Map<string, Set<string>>();
  for (const { apiGroup, resource, verbs: some } of held) {
    const key = `${apiGroup}|${resource}`;
    verbs.set(key, new Set([...(verbs.get(key) ?? []), ...some]));
  }
  const byVerbs = new Map<string, Rule>();
  for (const [key, some] of verbs) {
    const [apiGroup = "", resource = ""] = key.split("|");
    const sorted = [...some].sort((one, other) => order.indexOf(one) - order.indexOf(other));
    const rule = { apiGroups: [apiGroup], resources: [resource], verbs: sorted };
    const same = byVerbs.get(`${apiGroup}|${sorted.join()}`);
    if (same === undefined) byVerbs.set(`${apiGroup}|${sorted.join()}`, rule);
    else same.resources.push(resource);
  }
  return [...byVerbs.values()];
}

/** One document of a file, with lists of plain values on one line. */
export function document(object: object, comment?: string): string {
  const yaml = new Document(object);
  if (comment !== undefined) yaml.commentBefore = comment;
  visit(yaml, {
    Seq: (_key, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return yaml.toString({ lineWidth: 0 });
}
