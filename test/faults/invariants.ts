import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../local/folders.ts";
import { dynenv, shell, tryKubectl, type Ended } from "../integration/shell.ts";

/** How long the run after a fault may take, with what the fault left to be removed first. */
export const deadline = 120_000;

/** What a fault left, as the files of the backend show it. */
export interface Leftovers {
  staleLock: boolean;
  pendingOperation: boolean;
}

/** Files of the local backend whose path names a stack. */
export async function backendFiles(stack: string): Promise<string[]> {
  const folder = (shell.PULUMI_BACKEND_URL ?? "").replace("file://", "");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .filter((path) => path.includes(`/${stack}/`) || path.includes(`/${stack}.`));
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
