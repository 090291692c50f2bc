import { KubeConfig } from "#bundled/kubernetes";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { permissions } from "../../cli/access/permissions.ts";
import { requirePermissions } from "../../cli/access/preflight.ts";
import { lastLine } from "../../foundation/work.ts";
import { rbacFile } from "../../docs/render.ts";
import { rules as rulesOf } from "../../docs/render/rbacManifest.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { withoutVerb, type Rule } from "../unit/roleRules.ts";
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

const name = uniqueName("lacking");
const namespace = `env-${name}`;
let rules: Rule[] = [];

/** What one identity lacks; test/processes/preflight.test.ts takes each verb away in turn. */
const lacking = { apiGroup: "apps", resource: "deployments", verb: "watch" };

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
  const { exitCode, output } = await kubectlApply(
    ...userWith(`${name}-watch`, withoutVerb(rules, lacking)),
    ...userWith(`${name}-all`, rules),
    ...userWith(`${name}-none`, []),
  );
  expect(exitCode, output).toBe(0);
  // The API server's own cache of roles follows.
  await vi.waitFor(async () => {
    expect(await sentence(`${name}-watch`)).not.toMatch(/more|^$/);
  }, 20_000);
});

afterAll(async () => {
  for (const kind of ["clusterroles", "clusterrolebindings"]) {
    const path = `/apis/rbac.authorization.k8s.io/v1/${kind}?labelSelector=dynenv-test%3D${name}`;
    await kubectl("delete", "--raw", path);
  }
});

describe("the preflight", () => {
  test("says nothing when all is allowed", async () => {
    await requirePermissions(as(`${name}-all`), namespace, "run");
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
    const variables = await job(`${name}-watch`);
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
    const { settings, end } = await simulatedSettings();
    onTestFinished(end);
    const ofStack = ["--yes", "--skip-preview", "--stack", stack];
    await pulumi(["stack", "select", "--create", stack]);
    const up = await pulumi(["up", ...ofStack, ...settings], await variables(deployer));
    expect(up.exitCode, up.output).toBe(0);
    const { exitCode, output } = await pulumi(["destroy", ...ofStack, "--remove"], await variables(remover));
    expect(exitCode, output).toBe(0);
    expect((await tryKubectl("get", "namespace", `env-${stack}`)).output).toContain("not found");
  });

  test("tells that the cluster refuses the login", async () => {
    const variables = { ...(await job(`${name}-none`)), KUBE_TOKEN: "wrong" };
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
