import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import {
  backendFolder,
  dynenv,
  kubectl,
  pulumi,
  shell,
  tryKubectl,
  type Ended,
} from "../integration/shell.ts";

/** How long the run after a fault may take, with what the fault left to be removed first. */
export const deadline = 120_000;

/** What a fault left, as the files of the backend show it. */
export interface Leftovers {
  staleLock: boolean;
  pendingOperation: boolean;
}

/** Files of the local backend whose path names a stack. */
export async function backendFiles(stack: string): Promise<string[]> {
  const entries = await readdir(backendFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(backendFolder.length))
    .filter((path) => path.includes(`/${stack}/`) || path.includes(`/${stack}.`));
}

/** The state of a stack as its file has it; nothing where there is none. */
export async function stateText(stack: string): Promise<string | undefined> {
  const files = await backendFiles(stack);
  const file = files.find((path) => path.startsWith("/.pulumi/stacks/") && path.endsWith(".json"));
  return file === undefined ? undefined : readFile(join(backendFolder, file), "utf8");
}

/** Runs dynenv once more, which must end well and in time whatever was left. */
export async function nextRun(operation: "up" | "down", stack: string, args: string[] = []): Promise<Ended> {
  const start = Date.now();
  const ended = await dynenv([operation, "--stack", stack, ...args]);
  expect(ended.exitCode, `dynenv ${operation} --stack ${stack}:\n${ended.output}`).toBe(0);
  expect(Date.now() - start).toBeLessThan(deadline);
  return ended;
}

/** I1 and I3: neither the cluster nor the backend has anything of the environment, nor has the checkout. */
export async function expectNothing(stack: string): Promise<void> {
  const namespace = await tryKubectl("get", "namespace", `env-${stack}`, "--ignore-not-found", "-o", "name");
  expect(namespace).toMatchObject({ exitCode: 0, stdout: "" });
  const files = await backendFiles(stack);
  expect(files, files.join()).toEqual([]);
  expect((await readdir(projectRoot)).filter((file) => file === `Pulumi.${stack}.yaml`)).toEqual([]);
}

/** I4: nothing that was printed has a secret in it. */
export function expectNoSecret(output: string): void {
  const password = shell.CI_REGISTRY_PASSWORD ?? "";
  for (const secret of [password, Buffer.from(`ci:${password}`).toString("base64")])
    expect(output).not.toContain(secret);
}

/** I3, as Pulumi sees it: one more `up`, which looks at the cluster, finds nothing to do. */
export async function expectNothingToDo(stack: string, args: string[]): Promise<void> {
  const again = ["up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes", "--stack", stack];
  const { exitCode, output } = await pulumi([...again, ...args]);
  expect(exitCode, output).toBe(0);
}

interface StateObject {
  type: string;
  outputs?: { kind?: string; metadata?: { name?: string; uid?: string } };
}

/** I3, in a tenth of the time: the objects of ours that the state knows are those that there are, to the `uid`. */
export async function expectSameObjects(stack: string): Promise<void> {
  const state = JSON.parse((await stateText(stack)) ?? "") as {
    checkpoint: { latest: { resources: StateObject[]; pending_operations?: object[] } };
  };
  const { resources, pending_operations: pending = [] } = state.checkpoint.latest;
  expect(pending).toEqual([]);
  const known = resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap(({ outputs }) => {
      const { name = "", uid } = outputs?.metadata ?? {};
      return uid === undefined ? [] : [`${outputs?.kind ?? ""}/${name} ${uid}`];
    });
  expect(known.sort()).toEqual(await objectsOf(stack));
}

const kinds = [
  ...[
    "resourcequotas",
    "limitranges",
    "networkpolicies",
    "serviceaccounts",
    "secrets",
    "configmaps",
    "services",
  ],
  ...["deployments", "jobs", "cronjobs", "roles", "rolebindings", "httproutes"],
];

/** Of the namespace and all in it: what nothing in the cluster made by itself. */
async function objectsOf(stack: string): Promise<string[]> {
  const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid";
  const get = (...args: string[]) => kubectl("get", ...args, "--no-headers", "-o", columns);
  const namespace = `env-${stack}`;
  const lines = await Promise.all([get("namespace", namespace), get(kinds.join(","), "-n", namespace)]);
  return lines
    .flatMap((text) => text.trim().split("\n"))
    .map((line) => line.replace(/^(\S+)\s+(\S+)\s+(\S+)\s*$/, "$1/$2 $3"))
    .filter((line) => !/^(ServiceAccount\/default|ConfigMap\/kube-root-ca.crt) /.test(line))
    .sort();
}
