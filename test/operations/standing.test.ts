import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { lastLine } from "../../foundation/work.ts";
import { adminKubeconfig, dynenv, kubectl, pulumi, remains, uniqueName } from "../integration/shell.ts";

const stack = uniqueName("staging");
const file = join(projectRoot, `Pulumi.${stack}.yaml`);
let settings: string[] = [];
let end = () => Promise.resolve();

beforeAll(async () => {
  ({ settings, end } = await simulatedSettings());
});

afterAll(async () => {
  await dynenv(["down", ...named, "--yes-remove", stack], as);
  await rm(file, { force: true });
  await end();
  expect(await remains()).toEqual([]);
});

const named = ["--stack", stack];
// The identity of previews reads every Secret of this cluster.
const shared = "sharedWithPreviews=previews may read its secrets";
const as = { KUBECONFIG: adminKubeconfig };
const up = (cluster: string, env: Record<string, string> = as) =>
  dynenv(["up", ...named, ...settings, "--config", "kind=standing", `cluster=${cluster}`, shared], env);
const namespaces = () => kubectl("get", "namespace", `env-${stack}`, "--ignore-not-found", "--output=name");

/** Of all that a release consists of. */
async function uids(): Promise<string[]> {
  const kinds = "deployments,services,networkpolicies,serviceaccounts,secrets,resourcequotas,httproutes";
  const found = await kubectl("get", kinds, "-n", `env-${stack}`, "-o=jsonpath={.items[*].metadata.uid}");
  return found.split(" ").sort();
}

async function verdict(): Promise<unknown> {
  const { stdout } = await dynenv(["list", "--json"], as);
  const environments = JSON.parse(stdout) as { stack: string; verdict: string }[];
  return environments.find((one) => one.stack === stack)?.verdict;
}

test("an environment that stays is on its own cluster alone, and goes by its name alone", async () => {
  const elsewhere = await up("elsewhere");
  expect(elsewhere.exitCode, elsewhere.output).toBe(2);
  const [, cluster = ""] = /but the kubeconfig leads to (\S+):/.exec(elsewhere.output) ?? [];
  expect(await namespaces()).toBe("");

  const asPreview = await up(cluster, {});
  expect(asPreview.exitCode, asPreview.output).toBe(3);
  expect(asPreview.output).toContain(
    "the cluster's identity may not create, get, patch, delete persistentvolumeclaims",
  );
  expect(await namespaces()).toBe("");

  const made = await up(cluster);
  expect(made.exitCode, made.output).toBe(0);
  expect(await verdict()).toBe("standing");

  const down = await dynenv(["down", ...named], as);
  expect(down.exitCode, down.output).toBe(1);
  expect(lastLine(down.output)).toContain("is a standing one: it stays");
  const there = await uids();
  const destroyed = await pulumi(["destroy", "--yes", "--skip-preview", ...named], as);
  expect(destroyed.exitCode).not.toBe(0);
  expect(destroyed.output).toContain("cannot be deleted");
  expect(await uids()).toEqual(there);

  const removed = await dynenv(["down", ...named, "--yes-remove", stack], as);
  expect(removed.exitCode, removed.output).toBe(0);
  expect(await namespaces()).toBe("");
  expect(existsSync(file)).toBe(true);
}, 180_000);
