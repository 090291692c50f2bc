import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  checkGivenMetadata,
  checkNames,
  type GivenMetadata,
  roles,
  testRunner,
  withGiven,
  workloadLabels,
} from "../model/index.ts";
import { validated } from "../validation.ts";

export interface EnvironmentAccessArgs {
  /** Namespace that access is given to; nothing outside of it is. */
  namespace: pulumi.Input<string>;
  /** Service account of the test job. Default: `test-runner`. */
  testServiceAccount?: pulumi.Input<string>;
  /** Names of people, as the cluster's authentication tells them. Default: `[]`. */
  users?: string[];
  /** Names of groups of people, as the cluster's authentication tells them. Default: `[]`. */
  groups?: string[];
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * Roles within the namespace: the test job reads what is there, but no Secrets, and calls services; people can
 * furthermore start tests, look into containers and restart them, and so reach the Secrets.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export class EnvironmentAccess extends pulumi.ComponentResource {
  constructor(name: string, args: EnvironmentAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, users = [], groups = [] } = args;
    validated("EnvironmentAccess", name, args, ["namespace", "testServiceAccount"], () => {
      checkNames("users", users, "ada@example.com");
      checkNames("groups", groups, "developers");
      checkGivenMetadata(args);
    });
    super("dynamic-environments:index:EnvironmentAccess", name, {}, opts);
    const account = {
      kind: "ServiceAccount",
      name: args.testServiceAccount ?? testRunner,
      namespace,
      apiGroup: "",
    };
    bind(name, "test-runner", [account], args, this);
    const people = [
      ...users.map((user) => ({ kind: "User", name: user, apiGroup: rbac })),
      ...groups.map((group) => ({ kind: "Group", name: group, apiGroup: rbac })),
    ];
    if (people.length > 0) bind(name, "developer", people, args, this);
    this.registerOutputs();
  }
}

const rbac = "rbac.authorization.k8s.io";

function bind(
  parentName: string,
  role: keyof typeof roles,
  subjects: k8s.types.input.rbac.v1.Subject[],
  { namespace, ...given }: GivenMetadata & { namespace: pulumi.Input<string> },
  parent: EnvironmentAccess,
): void {
  const metadata = withGiven({ name: role, namespace, labels: workloadLabels(role) }, given);
  const { metadata: created } = new k8s.rbac.v1.Role(
    `${parentName}-${role}`,
    { metadata, rules: roles[role] },
    { parent },
  );
  new k8s.rbac.v1.RoleBinding(
    `${parentName}-${role}`,
    { metadata, roleRef: { apiGroup: rbac, kind: "Role", name: created.name }, subjects },
    { parent },
  );
}
