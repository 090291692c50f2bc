import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { list } from "tar";
import { KubeConfig } from "#bundled/kubernetes";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findingsIn } from "../../cli/diagnosis/findings.ts";
import type { Fact } from "../../cli/fleet/facts.ts";
import { snapshotOf } from "../../cli/diagnosis/snapshot.ts";
import { Mask } from "../../cli/text/mask.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { bareRepository, commitTo } from "../operations/remote.ts";
import { admin, adminKubeconfig, dynenv, kubectl, remains, shell, uniqueName } from "./shell.ts";

const stack = uniqueName("why");
const nowhere = `${shell.CI_REGISTRY_IMAGE ?? ""}/nowhere@sha256:${"0".repeat(64)}`;
const missing = ["--config", `images={"deals":"${nowhere}"}`];
let folder = "";

interface Account {
  error: string;
  cause: { cause: string; service: string; object: string; evidence: string; next: string };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "diagnose-"));
});

afterAll(async () => {
  await dynenv(["down", "--stack", stack]);
  await rm(folder, { recursive: true });
  expect(await remains()).toEqual([]);
});

function lastLine(output: string): string | undefined {
  return output.trimEnd().split("\n").at(-1);
}

test("up ends long before its deadline, with the cause as last line and as data; one interrupt leaves no lock", async () => {
  const start = Date.now();
  const { exitCode, output, stdout } = await dynenv(["up", "--stack", stack, ...missing, "--json"]);
  expect(Date.now() - start).toBeLessThan(90_000);
  expect(exitCode, output).toBe(1);
  const { cause, error } = JSON.parse(stdout) as Account;
  expect(cause, output).toMatchObject({ cause: "image-missing", service: "deals" });
  expect(cause.object).toMatch(/^Pod\/deals-/);
  expect(error).toMatch(
    /^deals has an image that is not in the registry \(.*not found\); push the image, or correct/,
  );
  expect(output).toContain(`dynenv: ${error}`);
  expect(output).toContain("deals has an image that is not in the registry [image-missing]");
});

test("diagnose says the same of what there is, and writes it all down", async () => {
  const file = join(folder, "dossier.tar.gz");
  const { exitCode, output } = await dynenv(["diagnose", "--stack", stack, "--dossier", file]);
  expect(exitCode, output).toBe(1);
  expect(lastLine(output)).toMatch(/^dynenv: deals has an image that is not in the registry/);
  const entries: string[] = [];
  await list({ file, onReadEntry: ({ path }) => entries.push(path) });
  expect(entries).toEqual(expect.arrayContaining(["summary.md", "events.txt", "objects/deployments.json"]));
});

test("what the login may not read is said, and the rest is enough", async () => {
  const user = uniqueName("reader");
  const resources = ["pods", "deployments", "jobs", "networkpolicies"];
  await kubectl("create", "clusterrole", user, "--verb=list", `--resource=${resources.join(",")}`);
  await kubectl("create", "clusterrolebinding", user, `--clusterrole=${user}`, `--user=${user}`);
  try {
    const config = new KubeConfig();
    config.loadFromFile(adminKubeconfig);
    config.users = config.users.map((admin) => ({ ...admin, impersonateUser: user }));
    const snapshot = () => snapshotOf(config, `env-${stack}`, new Mask());
    // The API server's own cache of roles follows.
    const { hidden, hasAllSecrets, state } = await vi.waitFor(async () => {
      const now = await snapshot();
      expect(now.hidden).not.toContain("pods cannot be read: the login lacks the verb list");
      return now;
    }, 20_000);
    expect(hidden).toContain("events cannot be read: the login lacks the verb list");
    expect(hidden).toContain("logs are left out, since nobody knows what must be hidden in them");
    expect(hasAllSecrets).toBe(false);
    expect(findingsIn(state)[0]).toMatchObject({ cause: "image-missing", service: "deals" });
  } finally {
    await kubectl("delete", `clusterrole/${user}`, `clusterrolebinding/${user}`);
  }
});

test("diagnose finds nothing wrong once all is ready", async () => {
  // The setting is kept: without an image, it is built.
  const up = await dynenv(["up", "--stack", stack, "--config", "images="]);
  expect(up.exitCode, up.output).toBe(0);
  const { exitCode, output } = await dynenv(["diagnose", "--stack", stack]);
  expect(exitCode, output).toBe(0);
  expect(output).toContain(`all services of env-${stack} are ready`);
});

test("tests that are interrupted end with their Job", async () => {
  const inEnvironment = ["-n", `env-${stack}`];
  const watched = ["get", "jobs", ...inEnvironment, "--watch-only", "--output=name"];
  const jobs = execa("kubectl", watched, { env: admin, reject: false });
  const tests = execa(join(projectRoot, "cli", "dynenv"), ["test", "--stack", stack], {
    ...{ env: shell, all: true, reject: false },
  });
  void tests.then(() => jobs.kill());
  let job = "";
  for await (job of jobs) {
    tests.kill("SIGINT");
    jobs.kill();
  }
  const { exitCode, all } = await tests;
  expect(exitCode, all).toBe(130);
  await kubectl("wait", ...inEnvironment, job, "--for=condition=Failed", "--timeout=10s");
  const reasons = "jsonpath={.status.conditions[*].reason}";
  expect(await kubectl("get", ...inEnvironment, job, "-o", reasons)).toContain("Interrupted");
});

test("tests end long before their deadline where their image cannot be pulled, and so does their Job", async () => {
  const path = "/spec/jobTemplate/spec/template/spec/containers/0/image";
  const patch = JSON.stringify([{ op: "replace", path, value: nowhere }]);
  const inEnvironment = ["-n", `env-${stack}`];
  await kubectl("patch", "cronjob/test", ...inEnvironment, "--type=json", "--patch", patch);
  const start = Date.now();
  const { exitCode, output } = await dynenv(["test", "--stack", stack]);
  expect(Date.now() - start).toBeLessThan(45_000);
  expect(exitCode, output).toBe(1);
  expect(lastLine(output)).toMatch(
    /^dynenv: the tests did not begin: test-\w+ has an image that is not in the registry \(.*not found\); push/,
  );
  const jobs = ["jobs", "--selector=dynenv/job=test", ...inEnvironment];
  await kubectl("wait", ...jobs, "--for=condition=Failed", "--timeout=30s");
});

test("a run that fails keeps its environment for as long as it is told, and says until when", async () => {
  await dynenv(["down", "--stack", stack]);
  const run = [
    "run",
    "--stack",
    stack,
    ...missing,
    "--keep-failed",
    "30m",
    "--dossier",
    join(folder, "kept.tar.gz"),
  ];
  const { exitCode, output } = await dynenv(run);
  expect(exitCode, output).toBe(1);
  expect(lastLine(output)).toMatch(/^dynenv: deals has an image that is not in the registry/);
  const [, expires = ""] = /kept until (\S+), or until dynenv down --stack /.exec(output) ?? [];
  const minutes = (new Date(expires).getTime() - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(25);
  expect(minutes).toBeLessThanOrEqual(30);
  const annotations = ["-o", "jsonpath={.metadata.annotations}"];
  const marked = await kubectl("get", "namespace", `env-${stack}`, ...annotations);
  const marks = JSON.parse(marked) as Record<string, string>;
  expect(marks).toMatchObject({ "dynenv/ttl": "30m", "dynenv/expires": expires });
  const remote = join(folder, "remote.git");
  await bareRepository(remote);
  await commitTo(remote, marks["dynenv/ref"] ?? "");
  const ofProject = ["--project", marks["dynenv/project"] ?? "", "--remote", remote];
  const listed = await dynenv(["list", "--json", ...ofProject]);
  const kept = (JSON.parse(listed.stdout) as Fact[]).find((fact) => fact.stack === stack);
  expect(kept, listed.output).toMatchObject({ verdict: "live", due: false });
  // It counts from when the API server noted the marks down, which may be a second later.
  expect(Math.abs(new Date(kept?.expires ?? "").getTime() - new Date(expires).getTime())).toBeLessThan(5000);
});

test("what cannot be diagnosed, or kept, is one sentence", async () => {
  const none = await dynenv(["diagnose", "--stack", "nowhere"]);
  expect([none.exitCode, lastLine(none.output)]).toEqual([
    1,
    "dynenv: namespace env-nowhere does not exist: run `dynenv up --stack nowhere` first",
  ]);
  const soon = await dynenv(["run", "--keep-failed", "soon"]);
  expect([soon.exitCode, lastLine(soon.output)]).toEqual([
    2,
    'dynenv: --keep-failed is "soon" but must be a number of minutes, hours or days, such as 30m',
  ]);
});
