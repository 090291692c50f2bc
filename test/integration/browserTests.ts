import { expect } from "vitest";
import { ensurePackages } from "../../local/packages.ts";
import { browserFiles } from "../browser/chromium.ts";
import { admin, dynenv } from "./shell.ts";

/** Installs the browser unless it is there: a hundred megabytes, a minute once. */
export async function installBrowser(): Promise<void> {
  const work = { progress: () => undefined, signal: new AbortController().signal };
  await ensurePackages(work, browserFiles);
}

/** Opens the page of a stack's environment in a browser on this machine, by its address outside of the cluster. */
export async function expectPage(stack: string): Promise<void> {
  const test = ["test", "--stack", stack, "--outside"];
  // Who has the embedded cluster at hand gets its authority, too.
  const own = { KUBECONFIG: admin.KUBECONFIG, KUBE_CONTEXT: "" };
  const page = await dynenv([...test, "--", "node", "--test", "test/browser/page.test.ts"], own);
  expect(page.exitCode, page.output).toBe(0);
  expect(page.output).toContain(`deals answers at http://env-${stack}.`);
  expect(page.output).toMatch(/^ *ℹ tests 4$/m);
  const failing = await dynenv([...test, "--", "sh", "-c", 'echo "of $EXPECTED_COMMIT"; exit 7']);
  expect(failing.output).toMatch(/^ *of [0-9a-f]{40}$/m);
  expect(failing.output).toMatch(/^dynenv: the tests failed: "sh" ended with exit code 7$/m);
  expect(failing.exitCode).toBe(1);
  const unknown = await dynenv(["test", "catalogue", "--stack", stack, "--outside", "--", "true"]);
  expect(unknown.output).toContain('service "catalogue" has no address outside of the cluster');
  expect(unknown.exitCode).toBe(2);
}
