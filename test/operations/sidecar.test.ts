import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { create } from "../failures/objects.ts";
import { sidecarIsInjected, sidecarPolicy } from "../failures/sidecar.ts";
import { inNamespace, pod } from "../integration/pods.ts";
import { addSuites, quick } from "../integration/suites.ts";
import { dynenv, kubectl, stacks, tryKubectl, uniqueName } from "../integration/shell.ts";

const stack = uniqueName("mesh");
const namespace = `env-${stack}`;
const probe = uniqueName("probe");

/** Does nothing and never ends; it is on the node. */
const endless = { image: "localhost/pause:local", imagePullPolicy: "Never" };

beforeAll(async () => {
  await kubectl("create", "namespace", probe);
  await create(sidecarPolicy(stack, [probe, namespace], endless));
  await sidecarIsInjected(inNamespace(probe, pod("one", { image: "none", command: ["none"] })));
});

afterAll(async () => {
  await dynenv(["down", "--stack", stack]);
  const kinds = ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"];
  await tryKubectl("delete", ...kinds.map((kind) => `${kind}/${stack}`), `namespace/${probe}`);
});

/** The containers of the environment's pods, by what each pod is. */
async function containers(selector: string): Promise<string> {
  const names = "jsonpath={.items[*].spec.containers[*].name}";
  return kubectl("get", "pods", "-n", namespace, `--selector=${selector}`, "-o", names);
}

test("an environment gets ready though each of its pods has a container that never ends", async () => {
  const { exitCode, output } = await dynenv(["up", "--stack", stack]);
  expect(exitCode, output).toBe(0);
  expect(await containers("app.kubernetes.io/name=deals")).toBe("a-proxy deals");
  expect(output).toContain(
    "Job readiness is done, and a-proxy, which was injected beside it, does not end: it is completed",
  );
});

test("diagnose calls it ready", async () => {
  const { exitCode, output } = await dynenv(["diagnose", "--stack", stack]);
  expect(exitCode, output).toBe(0);
});

test("its tests end with their own result", async () => {
  const passed = await dynenv(["test", "--stack", stack]);
  expect(passed.output).toMatch(/fail 0\b/);
  expect(passed.exitCode, passed.output).toBe(0);

  const path = "/spec/jobTemplate/spec/template/spec/containers/0/command";
  const value = ["node", "--eval", "console.log('1 of 1 failed'); process.exit(7)"];
  const patch = JSON.stringify([{ op: "replace", path, value }]);
  await kubectl("patch", "cronjob/test", "-n", namespace, "--type=json", "--patch", patch);
  const failed = await dynenv(["test", "--stack", stack]);
  expect(failed.output).toMatch(/the tests failed: Job test-\w+: its container ended with exit code 7$/);
  expect(failed.exitCode, failed.output).toBe(1);

  // Else they would take room in the quota for as long as what was injected runs.
  await vi.waitFor(
    async () => {
      expect(await containers("dynenv/job=test")).toBe("");
    },
    { timeout: 30_000, interval: 500 },
  );
});

test("the results of its tests are read though the pod does not end by itself", async () => {
  const read = (what: string, path: string) =>
    kubectl("get", what, "-n", namespace, "-o", `jsonpath={.spec.${path}}`);
  const image = await read("deployment/deals", "template.spec.containers[?(@.name=='deals')].image");
  const container = "jobTemplate.spec.template.spec.containers[0]";
  const commit = await read("cronjob/test", `${container}.env[?(@.name=='EXPECTED_COMMIT')].value`);
  await addSuites(namespace, { image, commit, suites: [quick] });
  const { exitCode, output } = await dynenv(["test", "quick", "--stack", stack]);
  expect(exitCode, output).toBe(0);
  expect(output).toContain("/results/junit.xml: tests 1, failed 0, skipped 0");
});

test("down removes it", async () => {
  const { exitCode, output } = await dynenv(["down", "--stack", stack]);
  expect(exitCode, output).toBe(0);
  expect((await tryKubectl("get", "namespace", namespace)).exitCode).toBe(1);
  expect(await stacks()).not.toContain(stack);
});
