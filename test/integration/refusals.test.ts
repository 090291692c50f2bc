import { afterAll, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { lastLine } from "../../foundation/work.ts";
import {
  adminKubeconfig,
  dynenv,
  kubectl,
  kubectlApply,
  pulumi,
  remains,
  shell,
  stacks,
  tryKubectl,
  uniqueName,
} from "./shell.ts";

async function expectNothingLeft(): Promise<void> {
  expect(await remains()).toEqual([]);
}

test("a foreign namespace of the same name is refused and stays untouched", async () => {
  const stack = uniqueName("foreign");
  const namespace = `env-${stack}`;
  await kubectlApply({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { owner: "somebody" } },
  });
  const content = async () => ({
    namespace: await kubectl("get", "namespace", namespace, "-o", "jsonpath={.metadata}"),
    objects: (await remains()).filter((object) => object.includes(` ${namespace} `)),
  });
  // The cluster's own controllers put their objects into every new namespace.
  await kubectl(
    "wait",
    "-n",
    namespace,
    "--for=create",
    "serviceaccount/default",
    "configmap/kube-root-ca.crt",
    "--timeout=30s",
  );
  const untouched = await content();
  try {
    await pulumi(["stack", "select", "--create", stack]);
    const { exitCode, output } = await pulumi(["up", "--yes", "--skip-preview", "--stack", stack]);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`namespaces "${namespace}" already exists`);
    expect(await content()).toEqual(untouched);
    const removal = await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack]);
    expect(removal.exitCode, removal.output).toBe(0);
    expect(await content()).toEqual(untouched);
  } finally {
    await tryKubectl("delete", "namespace", namespace);
  }
  await expectNothingLeft();
});

test("a fork's run leaves an environment of trusted code as it is, and does not clean it up", async () => {
  const stack = uniqueName("trusted");
  const namespace = `env-${stack}`;
  const annotations = {
    ...{ "dynenv/stack": stack, "dynenv/project": shell.DYNENV_PROJECT ?? "dynenv" },
    "dynenv/trust": "trusted",
  };
  await kubectlApply({
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name: namespace, labels: { "app.kubernetes.io/part-of": "dynenv" }, annotations },
  });
  try {
    const image = `config=images={"deals":"${shell.CI_REGISTRY ?? ""}/a@sha256:${"1".repeat(64)}"}`;
    const args = ["run", "--stack", stack, `--${image}`];
    const { exitCode, output } = await dynenv(args, { DYNENV_TRUST: "fork" });
    expect(exitCode, output).toBe(1);
    expect(lastLine(output)).toMatch(/^dynenv: namespace env-\S+ was made for code of the trust "trusted"/);
    expect(await kubectl("get", "namespace", namespace, "-o", "jsonpath={.status.phase}")).toBe("Active");
  } finally {
    await tryKubectl("delete", "namespace", namespace);
  }
  await expectNothingLeft();
});

test("a wrong registry login ends the run with one sentence", async () => {
  // A copy of the kubeconfig names the cluster like one that is not the embedded one, with a registry of its own.
  const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  try {
    await copyFile(shell.KUBECONFIG ?? "", join(folder, "config"));
    const named = {
      KUBECONFIG: join(folder, "config"),
      XDG_STATE_HOME: folder,
      CI_REGISTRY_PASSWORD: "wrong",
    };
    const { exitCode, output } = await dynenv(["run"], named);
    expect(exitCode, output).toBe(2);
    expect(lastLine(output)).toBe(
      `dynenv: registry ${shell.CI_REGISTRY ?? ""} refused the login of ci: check username and password`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
  await expectNothingLeft();
});

test("a cluster that does not answer ends the run before anything is built", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  try {
    const dead = (await readFile(shell.KUBECONFIG ?? "", "utf8")).replace(
      /server: .*/,
      "server: https://127.0.0.1:59999",
    );
    await writeFile(join(folder, "config"), dead);
    const named = { KUBECONFIG: join(folder, "config"), XDG_STATE_HOME: folder };
    const { exitCode, output } = await dynenv(["run"], named);
    expect(exitCode, output).toBe(3);
    expect(lastLine(output)).toMatch(/^dynenv: the cluster is out of reach: .*ECONNREFUSED/);
    expect(output).not.toContain("build: begins");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an application that never gets ready, and one that finds no node, fail their runs, which say why and leave nothing", async () => {
  const run = (ref: string, ...settings: string[]) =>
    dynenv(["run", "--ref", ref, ...settings.flatMap((setting) => ["--config", setting])]);
  const [never, nowhere] = await Promise.all([
    run(uniqueName("never-ready"), "example:context=test/fixtures/never-ready", "readyWithinSeconds=40"),
    run(uniqueName("nowhere"), 'nodeSelector={"pool":"nowhere"}', "readyWithinSeconds=40"),
  ]);
  expect(never.exitCode, never.output).toBe(1);
  expect(lastLine(never.output)).toBe(
    "dynenv: deals is still starting, as far as can be seen (GET /health on port 8080: connect: connection refused); read its last lines, and raise readyWithinSeconds or find what takes it so long",
  );
  // Plain Pulumi tells what the readiness Job saw.
  const sentence = "not ready within 30 s: deals (port 80: ECONNREFUSED)";
  expect(never.output).toMatch(new RegExp(`readiness-\\w+\\]: .*${RegExp.escape(sentence)}`));
  expect(nowhere.exitCode, nowhere.output).toBe(1);
  // Simulated nodes of other tests may be there, too.
  expect(lastLine(nowhere.output)).toMatch(
    /^dynenv: catalogue-db finds no node that matches its node selector or affinity \(0\/\d+ nodes are available: .*didn't match Pod's node affinity\/selector.*\); correct the placement, or label a node$/,
  );
  await expectNothingLeft();
});

test("a ref of any length and in any script gets an environment", async () => {
  const ref = uniqueName("Grüße/🧦-сокс").padEnd(300, "x");
  // As administrator: by the embedded cluster's own kubeconfig a run joins it, and must not end it.
  const { exitCode, output } = await dynenv(["run", "--ref", ref], { KUBECONFIG: adminKubeconfig });
  expect(exitCode, output).toBe(0);
  await expectNothingLeft();
});

test("a wrong setting is wrong usage, and nothing is left", async () => {
  const { exitCode, output } = await dynenv(["run", "--config", "readyWithinSeconds=5"]);
  expect(exitCode, output).toBe(2);
  expect(lastLine(output)).toBe(
    'dynenv: setting dynenv:readyWithinSeconds is "5" but must be a whole number of seconds from 20 to 3600, such as 150',
  );
  await expectNothingLeft();
});

test.each([
  ["an empty ref", ["--ref", ""], "dynenv: the branch is unknown: name one with --ref, such as --ref main"],
  [
    "a commit that is none",
    ["--commit", "HEAD~1"],
    'dynenv: commit is "HEAD~1" but must be 7 to 64 hexadecimal digits',
  ],
])("%s is wrong usage", async (_kind, args, sentence) => {
  const { exitCode, output } = await dynenv(["run", ...args]);
  expect(exitCode).toBe(2);
  expect(lastLine(output)).toContain(sentence);
});

test("a CI job without a backend of its own is refused: its state would end with it", async () => {
  const { exitCode, output } = await dynenv(["env", "--check"], { CI: "true", PULUMI_BACKEND_URL: "" });
  expect(exitCode, output).toBe(2);
  expect(lastLine(output)).toMatch(/^dynenv: PULUMI_BACKEND_URL is not set, .*: set it, such as s3:/);
});

test("without a cluster and without root, one sentence says what to do", async () => {
  // In a user namespace without a mapping every process runs as nobody.
  const args = ["--user", "cli/dynenv", "run"];
  const named: NodeJS.ProcessEnv = { ...process.env, ...shell, DYNENV_CLUSTER: uniqueName("none") };
  delete named.KUBECONFIG;
  const result = await execa("unshare", args, {
    cwd: projectRoot,
    env: named,
    extendEnv: false,
    reject: false,
  });
  expect(result.exitCode, result.stderr).toBe(3);
  expect(lastLine(result.stderr)).toBe(
    "dynenv: no cluster is named and the embedded one needs root: set KUBECONFIG to use a cluster of yours, or run this as root",
  );
});

test("a kubeconfig that is missing is named", async () => {
  const stack = uniqueName("lost");
  await pulumi(["stack", "select", "--create", stack]);
  const { exitCode, output } = await pulumi(["up", "--yes", "--skip-preview", "--stack", stack], {
    KUBECONFIG: "/nowhere",
  });
  expect(exitCode).not.toBe(0);
  expect(output).toContain("kubeconfig /nowhere cannot be read");
  expect(output).not.toMatch(/^\s+at /m);
  await pulumi(["stack", "rm", "--yes", "--stack", stack]);
});

afterAll(async () => {
  for (const stack of await stacks()) {
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack]);
  }
});
