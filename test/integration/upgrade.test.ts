import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../foundation/folders.ts";
import { kubectl, kubectlApply, pulumi, tryKubectl } from "./shell.ts";

interface Step {
  op: string;
  urn: string;
}

interface Recorded {
  type: string;
  inputs?: object;
  outputs?: { images?: Record<string, string>; metadata?: { uid?: string } };
}

const stack = "recorded";
const commit = "f73af44d12aba07a520651faaa8385aa568d488b";

test("an upgrade from the recorded state of an earlier commit replaces nothing but the gate, which runs again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  try {
    const context = (await kubectl("config", "current-context")).trim();
    const text = await readFile(join(projectRoot, "test", "fixtures", "upgrade", "state.json"), "utf8");
    const deployment = await withNamespace(text.replaceAll("recorded-context", context));
    const { deals = "", ...shop } = deployment.resources[0]?.outputs?.images ?? {};
    const standIns = Object.fromEntries(
      Object.values(shop).map((image) => image.replace(/^[^/]*\//, "").split("@") as [string, string]),
    );
    const file = join(folder, "state.json");
    await pulumi(["stack", "select", "--create", stack]);
    const { encryptionsalt: salt } = parse(
      await readFile(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8"),
    ) as { encryptionsalt: string };
    const secrets_providers = { type: "passphrase", state: { salt } };
    const state = JSON.stringify({ version: 3, deployment: { ...deployment, secrets_providers } });
    await writeFile(file, state);
    const imported = await pulumi(["stack", "import", "--stack", stack, "--file", file]);
    expect(imported.exitCode, imported.output).toBe(0);
    await createRecorded(deployment.resources);
    const settings = { project: "shop/deals", ref: "main", commit, images: JSON.stringify({ deals }) };
    const { exitCode, stdout, output } = await pulumi(
      [
        "preview",
        "--json",
        "--stack",
        stack,
        ...Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`]),
      ],
      {
        CI_REGISTRY: "registry.example.com",
        CI_REGISTRY_USER: "ci",
        CI_REGISTRY_PASSWORD: "password",
        ...{ DYNENV_PULL_USER: "", DYNENV_PULL_PASSWORD: "" },
        DYNENV_IMAGE_PREFIX: "registry.example.com",
        DYNENV_STAND_INS: JSON.stringify(standIns),
      },
    );
    expect(exitCode, output).toBe(0);
    const { steps } = JSON.parse(stdout) as { steps: Step[] };
    const recreated = steps
      .filter(({ op }) => /replace|delete/.test(op))
      .map(({ urn }) => urn.split("::").at(-1));
    expect(steps.filter(({ op }) => op === "update").length).toBeGreaterThan(3);
    expect([...new Set(recreated)]).toEqual(["preview-readiness"]);
  } finally {
    await tryKubectl("delete", "namespace", `env-${stack}`);
    await pulumi(["stack", "rm", "--force", "--yes", "--stack", stack]);
    await rm(folder, { recursive: true });
  }
});

/** Makes the recorded namespace. @returns the state with its identity, by which it owns its workloads. */
async function withNamespace(text: string): Promise<{ resources: Recorded[] }> {
  const { deployment } = JSON.parse(text) as { deployment: { resources: Recorded[] } };
  const { inputs, outputs } = deployment.resources.find(({ type }) => type.endsWith(":Namespace")) ?? {};
  const { exitCode, output } = await kubectlApply(inputs ?? {});
  expect(exitCode, output).toBe(0);
  const uid = await kubectl("get", "namespace", `env-${stack}`, "-o", "jsonpath={.metadata.uid}");
  const recorded = outputs?.metadata?.uid ?? "";
  return JSON.parse(JSON.stringify(deployment).replaceAll(recorded, uid)) as typeof deployment;
}

/** The other objects that the state tells of: a preview asks the cluster for what it is to change. */
async function createRecorded(resources: Recorded[]): Promise<void> {
  const objects = resources.flatMap(({ type, inputs }) =>
    type.startsWith("kubernetes:") && !type.endsWith(":Namespace") && inputs !== undefined
      ? [opened(inputs)]
      : [],
  );
  const { exitCode, output } = await kubectlApply(...objects);
  expect(exitCode, output).toBe(0);
}

/** A secret is recorded as JSON, under `plaintext`. */
function opened(inputs: object): object {
  const { data } = inputs as { data?: { plaintext?: string } };
  return data?.plaintext === undefined
    ? inputs
    : { ...inputs, data: JSON.parse(data.plaintext) as Record<string, string> };
}
