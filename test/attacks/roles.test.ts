import { afterAll, beforeAll, expect, test } from "vitest";
import { roles } from "../../components/model/objects/access.ts";
import { create } from "../integration/pods.ts";
import { kubectl, kubectlWith, tryKubectl, uniqueName } from "../integration/shell.ts";

const namespace = uniqueName("roles");
const api = "rbac.authorization.k8s.io";
const names = Object.keys(roles) as (keyof typeof roles)[];

beforeAll(async () => {
  await kubectl("create", "namespace", namespace);
  const objects = names.flatMap((name) => [
    { apiVersion: `${api}/v1`, kind: "Role", metadata: { name, namespace }, rules: roles[name] },
    {
      ...{ apiVersion: `${api}/v1`, kind: "RoleBinding", metadata: { name, namespace } },
      roleRef: { apiGroup: api, kind: "Role", name },
      subjects: [{ apiGroup: api, kind: "User", name: `${namespace}-${name}` }],
    },
  ]);
  await create(...objects);
});

afterAll(async () => {
  await kubectl("delete", "namespace", namespace);
});

/** Creates a Job that mounts a Secret. */
async function createJob(role: string): Promise<string> {
  const volume = { name: "secret", secret: { secretName: "gitlab-registry" } };
  const container = { name: "a", image: "a", volumeMounts: [{ name: "secret", mountPath: "/secret" }] };
  const job = {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: "attack", namespace } },
    spec: {
      template: { spec: { restartPolicy: "Never", containers: [container], volumes: [volume] } },
    },
  };
  const as = ["--as", `${namespace}-${role}`, "create", "--dry-run=server", "-f", "-"];
  return (await kubectlWith(JSON.stringify(job), ...as)).output;
}

test("the test runner reaches no Secret by a Job, as people can", async () => {
  expect(await createJob("test-runner")).toMatch(/cannot create resource "jobs"/);
  await expect.poll(() => createJob("developer"), { timeout: 20_000 }).toMatch(/created/);
  for (const role of names) {
    const { output } = await tryKubectl("--as", `${namespace}-${role}`, "get", "secrets", "-n", namespace);
    expect(output).toMatch(/cannot list resource "secrets"/);
  }
});
