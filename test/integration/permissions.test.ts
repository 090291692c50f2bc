import { KubeConfig } from "#bundled/kubernetes";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accesses, permissions, type Access } from "../../cli/access/permissions.ts";
import { requirePermissions } from "../../cli/access/preflight.ts";
import { lastLine } from "../../foundation/work.ts";
import { rbacFile } from "../../docs/render.ts";
import { rules as rulesOf } from "../../docs/render/rbacManifest.ts";
import {
  adminKubeconfig,
  dynenv,
  kubectl,
  kubectlApply,
  pulumi,
  shell,
  tryKubectl,
  uniqueName,
} from "./shell.ts";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const name = uniqueName("lacking");
const namespace = `env-${name}`;
const needed = accesses(["up", "down", "test"]);
let rules: Rule[] = [];

/** Rules without one verb of one resource. */
function without({ apiGroup, resource, verb }: Access): Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.apiGroups.includes(apiGroup) || !rule.resources.includes(resource)) return [rule];
    const others = { ...rule, resources: rule.resources.filter((each) => each !== resource) };
    const rest = { ...rule, resources: [resource], verbs: rule.verbs.filter((each) => each !== verb) };
    return [others, rest].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);
  });
}

/** A user and the only role that he has. */
function userWith(user: string, held: Rule[]): object[] {
  const api = "rbac.authorization.k8s.io";
  const metadata = { name: user, labels: { "dynenv-test": name } };
  return [
    { apiVersion: `${api}/v1`, kind: "ClusterRole", metadata, rules: held },
    {
      ...{ apiVersion: `${api}/v1`, kind: "ClusterRoleBinding", metadata },
      roleRef: { apiGroup: api, kind: "ClusterRole", name: user },
      subjects: [{ apiGroup: api, kind: "User", name: user }],
    },
  ];
}

const user = (index: number) => `${name}-${String(index)}`;

/** The cluster as that user sees it. */
function as(username: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(adminKubeconfig);
  config.users = config.users.map((admin) => ({ ...admin, impersonateUser: username }));
  return config;
}

/** What the preflight says, which must be a failure with exit code 3. */
async function sentence(username: string): Promise<string> {
  const check = requirePermissions(as(username), namespace, "run");
  return check.then(
    () => "",
    (error: unknown) => {
      expect(error).toMatchObject({ exitCode: 3 });
      return (error as Error).message;
    },
  );
}

beforeAll(async () => {
  const documents = parseAllDocuments(await readFile(rbacFile, "utf8")).map(
    (document) => document.toJS() as object,
  );
  const role = documents.find((object) => "rules" in object);
  ({ rules } = role as { rules: Rule[] });
  const users = needed.flatMap((access, index) => userWith(user(index), without(access)));
  const { exitCode, output } = await kubectlApply(
    ...users,
    ...userWith(`${name}-all`, rules),
    ...userWith(`${name}-none`, []),
  );
  expect(exitCode, output).toBe(0);
  // The API server's own cache of roles follows.
  await vi.waitFor(async () => {
    expect(await sentence(user(needed.length - 1))).not.toMatch(/more|^$/);
  }, 20_000);
});

afterAll(async () => {
  for (const kind of ["clusterroles", "clusterrolebindings"]) {
    const path = `/apis/rbac.authorization.k8s.io/v1/${kind}?labelSelector=dynenv-test%3D${name}`;
    await kubectl("delete", "--raw", path);
  }
});

describe("the preflight", () => {
  test("names each verb that is taken away, in one sentence", async () => {
    const expected = needed.map(({ apiGroup, resource, verb, scope }) => {
      const kind = apiGroup === "" ? resource : `${resource} of ${apiGroup}`;
      const where = scope === "cluster" ? "the whole cluster" : `namespace ${namespace}`;
      return `the cluster's identity may not ${verb} ${kind} in ${where}: give it the role in ci/rbac.yaml, which docs/rbac.md explains`;
    });
    const said: string[] = [];
    for (const index of needed.keys()) said.push(await sentence(user(index)));
    expect(said).toEqual(expected);
    console.log(`${String(needed.length)} verbs taken away in turn, each named`);
  });

  test("says nothing when all is allowed, within half a second", async () => {
    const config = as(`${name}-all`);
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      await requirePermissions(config, namespace, "run");
      times.push(performance.now() - start);
    }
    times.sort((one, other) => one - other);
    console.log(`preflight: ${times.map((time) => time.toFixed(0)).join(", ")} ms`);
    expect(times[2]).toBeLessThan(500);
  });

  test("names the beginning of much that is missing", async () => {
    expect(await sentence(`${name}-none`)).toMatch(
      /^the cluster's identity may not create, list, watch namespaces in the whole cluster; .*; .*; and \d+ more: give it/,
    );
  });
});

describe("dynenv env --check", () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  });

  /** Variables of a job whose token has the role of a user. */
  async function job(username: string): Promise<Record<string, string>> {
    await kubectl("create", "serviceaccount", username, "-n", "dynenv-ci");
    const binding = ["create", "clusterrolebinding", `${username}-job`, `--clusterrole=${username}`];
    await kubectl(...binding, `--serviceaccount=dynenv-ci:${username}`);
    await kubectl("label", "clusterrolebinding", `${username}-job`, `dynenv-test=${name}`);
    const token = (await kubectl("create", "token", username, "-n", "dynenv-ci")).trim();
    const view = ["config", "view", "--raw", "--minify", "-o"];
    const [server = "", ca = ""] = (
      await kubectl(...view, "jsonpath={.clusters[0].cluster['server','certificate-authority-data']}")
    ).split(" ");
    return {
      ...{ KUBECONFIG: "", KUBE_CONTEXT: "", KUBE_URL: server, KUBE_TOKEN: token, KUBE_CA: ca },
      XDG_STATE_HOME: folder,
    };
  }

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await kubectl(
      "delete",
      "serviceaccounts",
      "-n",
      "dynenv-ci",
      "--field-selector=metadata.name!=ci,metadata.name!=default",
    );
  });

  test("ends a job that may not do all, before anything is changed", async () => {
    const index = needed.findIndex(({ resource, verb }) => resource === "deployments" && verb === "watch");
    const variables = await job(user(index));
    const { exitCode, output, stdout } = await dynenv(["env", "--check", "--stack", name], variables);
    expect(exitCode, output).toBe(3);
    expect(stdout).toBe("");
    expect(lastLine(output)).toBe(
      `dynenv: the cluster's identity may not watch deployments of apps in namespace ${namespace}: give it the role in ci/rbac.yaml, which docs/rbac.md explains`,
    );
    expect(output).not.toContain(variables.KUBE_TOKEN);
  });

  test("lets a job go on that may, and takes its variables into a private kubeconfig", async () => {
    const { exitCode, output, stdout } = await dynenv(["env", "--check", "--json"], await job(`${name}-all`));
    expect(exitCode, output).toBe(0);
    const { KUBECONFIG = "" } = JSON.parse(stdout) as Record<string, string>;
    expect(KUBECONFIG).toMatch(/\/kubeconfigs\/cluster-[0-9a-f]{12}-[0-9a-f]{12}\.yaml$/);
    expect(await readFile(KUBECONFIG, "utf8")).toContain("token: ");
  });

  test("lets a job remove that has the rows for `pulumi destroy`, no more", async () => {
    const held = permissions.filter(({ uses }) => uses.includes("down"));
    const [deployer, remover] = [`${name}-deployer`, `${name}-remover`];
    await kubectlApply(...userWith(deployer, rules), ...userWith(remover, rulesOf(held)));
    const variables = async (username: string) => {
      const { stdout } = await dynenv(["env", "--json"], await job(username));
      return JSON.parse(stdout) as Record<string, string>;
    };
    const stack = uniqueName("removed");
    const ofStack = ["--yes", "--skip-preview", "--stack", stack];
    await pulumi(["stack", "select", "--create", stack]);
    const up = await pulumi(["up", ...ofStack], await variables(deployer));
    expect(up.exitCode, up.output).toBe(0);
    const { exitCode, output } = await pulumi(["destroy", ...ofStack, "--remove"], await variables(remover));
    expect(exitCode, output).toBe(0);
    expect((await tryKubectl("get", "namespace", `env-${stack}`)).output).toContain("not found");
  });

  test("tells that the cluster refuses the login", async () => {
    const variables = { ...(await job(user(0))), KUBE_TOKEN: "wrong" };
    const { exitCode, output } = await dynenv(["env", "--check"], variables);
    expect(exitCode, output).toBe(3);
    expect(lastLine(output)).toBe(
      "dynenv: the cluster answers 401: it does not know the login; give it a new one",
    );
  });

  test("refuses a wrong set of variables as wrong usage", async () => {
    const variables = { KUBECONFIG: "", KUBE_URL: "https://10.0.0.1", KUBE_TOKEN: "very secret" };
    const { exitCode, output } = await dynenv(["env"], { ...shell, ...variables });
    expect(exitCode, output).toBe(2);
    expect(lastLine(output)).toMatch(/^dynenv: KUBE_TOKEN must be a bearer token/);
    expect(output).not.toContain("very secret");
  });
});
