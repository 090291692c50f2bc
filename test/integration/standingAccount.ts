import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { standingFile } from "../../docs/render.ts";
import { kubectl, kubectlWith } from "./shell.ts";

/** Applies ci/standing.yaml for a stack, as its owner would. @returns who deploys it then, and what takes it away. */
export async function standingAccount(stack: string): Promise<{ user: string; remove: () => Promise<void> }> {
  const manifest = (await readFile(standingFile, "utf8")).replaceAll("production", stack);
  const applied = await kubectlWith(manifest, "apply", "-f", "-");
  expect(applied.exitCode, applied.output).toBe(0);
  const remove = async () => {
    const removed = await kubectlWith(manifest, "delete", "--ignore-not-found", "-f", "-");
    expect(removed.exitCode, removed.output).toBe(0);
  };
  return { user: `system:serviceaccount:dynenv-standing:${stack}`, remove };
}

/** A token of who deploys it. */
export function standingToken(stack: string): Promise<string> {
  return kubectl("create", "token", stack, "-n", "dynenv-standing", "--duration=1h");
}
