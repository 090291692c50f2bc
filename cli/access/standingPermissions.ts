import { permissions, type Permission, type Use } from "./permissions.ts";

/** What an update does; the namespace, and all that comes before it, the cluster's owner has made. */
const uses: Use[] = ["up", "test", "stay", "route", "ingress"];

/** The namespace is there: it is marked anew, and neither made nor removed. */
const ownNamespace: Permission = {
  ...{ apiGroup: "", resource: "namespaces", verbs: ["get", "patch"], scope: "namespace", uses: ["up"] },
  why: "an update renews its marks; those who deploy it can neither make a namespace nor remove theirs",
};

/** Asks whether previews could read what is there: in its own namespace alone. */
const asking: Permission = {
  ...{ apiGroup: "authorization.k8s.io", resource: "localsubjectaccessreviews", verbs: ["create"] },
  ...{ scope: "namespace", uses: ["find"] },
  why: "asks whether the identity of previews could read its Secrets",
};

/** What whoever deploys a standing environment needs: all of it within its own namespace. */
export const standingPermissions: Permission[] = [
  ownNamespace,
  asking,
  ...permissions
    .filter(
      ({ uses: some, resource }) => some.some((use) => uses.includes(use)) && !/^namespaces\b/.test(resource),
    )
    .map((permission): Permission => ({ ...permission, scope: "namespace" })),
];
