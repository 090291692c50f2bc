import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { EnvironmentAccess, type EnvironmentAccessArgs } from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { kindOf } from "./registrations.ts";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}
interface Access {
  metadata: { name: string; namespace: string };
  rules: Rule[];
  roleRef: unknown;
  subjects: { kind: string; name: string; namespace?: string; apiGroup: string }[];
}

const namespace = "env-feature-login";
const people = { users: ["ada@example.com"], groups: ["developers", "oncall"] };

async function build(args: Partial<EnvironmentAccessArgs> = {}) {
  const { resources } = await construct(() => new EnvironmentAccess("access", { namespace, ...args }));
  const [, ...children] = resources;
  const of = (kind: string) =>
    children.filter((child) => kindOf(child) === kind).map(({ inputs }) => inputs as unknown as Access);
  return { types: children.map(({ type }) => type), roles: of("Role"), bindings: of("RoleBinding") };
}

const rbac = "rbac.authorization.k8s.io";

describe("access to an environment", () => {
  it("is given within its namespace only", async () => {
    const { types, roles, bindings } = await build(people);
    expect([...new Set(types)].sort()).toEqual([
      `kubernetes:${rbac}/v1:Role`,
      `kubernetes:${rbac}/v1:RoleBinding`,
    ]);
    const namespaces = [...roles, ...bindings].map(({ metadata }) => metadata.namespace);
    expect(namespaces).toEqual(Array(4).fill(namespace));
  });

  it("is the test job's alone, unless people are named", async () => {
    const { roles, bindings } = await build();
    expect([...roles, ...bindings].map(({ metadata }) => metadata.name)).toEqual([
      "test-runner",
      "test-runner",
    ]);
  });

  it("is bound to the role of the same name", async () => {
    const { roles, bindings } = await build(people);
    const names = ["test-runner", "developer"];
    expect(roles.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(bindings.map(({ roleRef }) => roleRef)).toEqual(
      names.map((name) => ({ apiGroup: rbac, kind: "Role", name })),
    );
  });

  it("is given to the test job's service account, and to the users and groups that are named", async () => {
    const { bindings } = await build(people);
    const account = { kind: "ServiceAccount", name: "test-runner", namespace, apiGroup: "" };
    expect(bindings.map(({ subjects }) => subjects)).toEqual([
      [account],
      [
        { kind: "User", name: "ada@example.com", apiGroup: rbac },
        { kind: "Group", name: "developers", apiGroup: rbac },
        { kind: "Group", name: "oncall", apiGroup: rbac },
      ],
    ]);
    const own = await build({ testServiceAccount: pulumi.output("ci") });
    expect(own.bindings.map(({ subjects }) => subjects)).toEqual([[{ ...account, name: "ci" }]]);
  });

  it.each<[string, Partial<EnvironmentAccessArgs>, string]>([
    ["a user", { users: ["ada@example.com"] }, "User"],
    ["a group", { groups: ["developers"] }, "Group"],
  ])("can be given to %s alone", async (_what, args, kind) => {
    const { bindings } = await build(args);
    expect(bindings.at(-1)?.subjects.map((subject) => subject.kind)).toEqual([kind]);
  });
});

/** `apiGroup/resource: verb` for everything that is permitted. */
function permitted({ rules }: Access): string[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource}: ${verb}`)),
    ),
  );
}

const permissions = async () => {
  const { roles } = await build(people);
  return roles.flatMap((role) => permitted(role).map((permission) => `${role.metadata.name} ${permission}`));
};

describe("the roles of an environment", () => {
  it.each([
    ["everything", /\*/],
    ["Secrets", /\/secrets/],
    ["roles and bindings", /rbac\.|roles|rolebindings/],
    ["service accounts and their tokens", /serviceaccounts|\/token/],
    ["what lets somebody gain more", /: (bind|escalate|impersonate|approve|sign)$/],
    [
      "the environment's own limits and policies, but to look at them",
      /(quotas|ranges|policies): (?!get|list|watch)/,
    ],
    ["namespaces and nodes", /\/(namespaces|nodes|persistentvolumes)/],
  ])("do not permit %s", async (_what, forbidden) => {
    const all = await permissions();
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((permission) => forbidden.test(permission))).toEqual([]);
  });

  it("let the test job look and call services, and nothing else: a Job that it made could mount Secrets", async () => {
    const changes = (await permissions()).filter(
      (permission) => permission.startsWith("test-runner ") && !/: (get|list|watch)$/.test(permission),
    );
    expect(changes).toEqual(["test-runner /pods/portforward: create"]);
  });

  it("let people also start tests, look into containers, and restart them", async () => {
    const all = await permissions();
    const of = (role: string) =>
      all.filter((one) => one.startsWith(`${role} `)).map((one) => one.slice(role.length + 1));
    const more = of("developer").filter((permission) => !of("test-runner").includes(permission));
    expect(more).toEqual([
      "batch/jobs: create",
      "batch/jobs: delete",
      "/pods/exec: create",
      "/pods/exec: get",
      "/pods: delete",
      "apps/deployments: patch",
    ]);
    expect(of("test-runner").filter((permission) => !of("developer").includes(permission))).toEqual([]);
  });
});
