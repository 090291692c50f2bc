// Who deploys a standing environment, with the rights of ci/standing.yaml and no others, on a cluster that has previews, too.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { clusterFromKubeconfig } from "../../cli/access/kubeconfigFile.ts";
import { writePrivateKubeconfig } from "../../cli/access/privateKubeconfig.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import { useImage } from "../faults/image.ts";
import { standingAccount, standingToken } from "../integration/standingAccount.ts";
import { adminKubeconfig, dynenv, kubectl, uniqueName, type Ended } from "../integration/shell.ts";

const stack = uniqueName("deployed");
const namespace = `env-${stack}`;
const named = ["--stack", stack];
const shared = "sharedWithPreviews=previews may read its secrets";
const asOwner = { KUBECONFIG: adminKubeconfig };
const image = useImage();
let asDeployer: Record<string, string> = {};
let removeAccount = () => Promise.resolve();

/** Variables of a job that logs in by a token of the account; the context has the name that the owner's has. */
async function deployer(): Promise<Record<string, string>> {
  const access = clusterFromKubeconfig(adminKubeconfig, undefined);
  const token = (await standingToken(stack)).trim();
  const { kubeconfig } = writePrivateKubeconfig({ ...access, user: { token } });
  return { KUBECONFIG: kubeconfig, KUBE_CONTEXT: access.alias };
}

function up(cluster: string, env: Record<string, string>, ...more: string[]): Promise<Ended> {
  const settings = [`images={"deals":"${image()}"}`, "kind=standing", `cluster=${cluster}`];
  return dynenv(["up", ...named, "--config", ...settings, ...more], env);
}

afterAll(async () => {
  await removeAccount();
  await dynenv(["down", ...named, "--yes-remove", stack], asOwner);
  await rm(join(projectRoot, `Pulumi.${stack}.yaml`), { force: true });
});

test("the owner makes it, and from then on who is bound in its namespace updates, tests and looks at it", async () => {
  const [, cluster = ""] =
    /but the kubeconfig leads to (\S+):/.exec((await up("elsewhere", asOwner)).output) ?? [];

  const open = await up(cluster, asOwner);
  expect(open.exitCode, open.output).toBe(2);
  expect(lastLine(open.output)).toBe(
    `dynenv: namespace ${namespace} is open to previews, whose identity "system:serviceaccount:dynenv-ci:ci" may get secrets, list secrets, create pods/exec, get pods/exec there: leave it without that right, which docs/standing.md explains, or, if that is meant, set dynenv:sharedWithPreviews to "previews may read its secrets"`,
  );
  expect(await kubectl("get", "namespace", namespace, "--ignore-not-found")).toBe("");
  // A cluster whose previews are run by somebody else.
  const made = await up(cluster, asOwner, "previewIdentity=group:nobody");
  expect(made.exitCode, made.output).toBe(0);

  ({ remove: removeAccount } = await standingAccount(stack));
  asDeployer = await deployer();
  const refused = await up(cluster, asDeployer, "previewIdentity=system:serviceaccount:dynenv-ci:ci");
  expect(refused.exitCode, refused.output).toBe(2);
  expect(lastLine(refused.output)).toContain("is open to previews");
  // Of another branch: the namespace is marked anew, too.
  const own = ["previewIdentity=group:nobody", "readyWithinSeconds=149", "--ref", "release"];
  const updated = await up(cluster, asDeployer, ...own);
  expect(updated.exitCode, updated.output).toBe(0);
  expect(await kubectl("get", "namespace", namespace, "-o", "jsonpath={.metadata.annotations}")).toContain(
    '"dynenv/ref":"release"',
  );

  const tested = await dynenv(["test", ...named], asDeployer);
  expect(tested.exitCode, tested.output).toBe(0);
  const diagnosed = await dynenv(["diagnose", ...named], asDeployer);
  expect(diagnosed.exitCode, diagnosed.output).toBe(0);
  const listed = await dynenv(["list", "--json"], asDeployer);
  expect(listed.exitCode, listed.output).toBe(0);
  const environments = JSON.parse(listed.stdout) as { stack: string; verdict: string }[];
  expect(environments.map(({ stack, verdict }) => [stack, verdict])).toEqual([[stack, "standing"]]);

  const down = await dynenv(["down", ...named, "--yes-remove", stack], asDeployer);
  expect(down.exitCode, down.output).toBe(3);
  expect(lastLine(down.output)).toContain("may not list, watch namespaces in the whole cluster");

  const meant = await up(cluster, asDeployer, shared, ...own);
  expect(meant.exitCode, meant.output).toBe(0);
}, 400_000);
