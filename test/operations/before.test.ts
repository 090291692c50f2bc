import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubeConfig } from "../../cli/access/clusterAccess.ts";
import { snapshotOf } from "../../cli/diagnosis/snapshot.ts";
import { inconsistencyOf } from "../../cli/environment/recovery.ts";
import { readNamespace } from "../../cli/kubernetes/namespace.ts";
import { exportedState } from "../../cli/pulumi/state.ts";
import { Mask } from "../../cli/text/mask.ts";
import { projectRoot } from "../../foundation/folders.ts";
import {
  adminKubeconfig,
  docker,
  dynenv,
  kubectl,
  kubectlWith,
  remains,
  shell,
  uniqueName,
  type Ended,
} from "../integration/shell.ts";

const stack = uniqueName("steps");
const namespace = `env-${stack}`;
const commit = "0123456789abcdef0123456789abcdef01234567";
/** Whose environments `dynenv` takes for its own here. */
const project = "dynenv/steps";
const repository = "dynenv/steps";
const own = { DYNENV_PROJECT: project, DYNENV_REF: "main", DYNENV_COMMIT: commit };
let first = "";
let second = "";
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  await cp(join(projectRoot, "test", "programs", "steps"), folder, { recursive: true });
  await symlink(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  // The sources, since what the package would have in their place is made when it is packed.
  const program = join(folder, "index.ts");
  const sources = JSON.stringify(join(projectRoot, "components", "index.ts"));
  await writeFile(program, (await readFile(program, "utf8")).replace('"dynamic-environments"', sources));
  await pulumi("stack", "init", stack);
  [first, second] = await Promise.all([imageOf("first"), imageOf("second")]);
});

afterAll(async () => {
  const { exitCode, output } = await pulumi(
    "destroy",
    "--yes",
    "--skip-preview",
    "--remove",
    "--stack",
    stack,
  );
  await rm(folder, { recursive: true });
  expect(exitCode, output).toBe(0);
  expect(await remains()).toEqual([]);
});

async function pulumi(...args: string[]): Promise<Ended> {
  const options = { cwd: folder, env: shell, all: true, reject: false } as const;
  const { exitCode, all, stdout } = await execa("pulumi", [...args, "--non-interactive"], options);
  return { exitCode, output: all, stdout };
}

/** Node, under a digest of its own, where it can be pulled without a login. */
async function imageOf(edition: string): Promise<string> {
  const { DYNENV_BASE_IMAGE: base = "", CI_REGISTRY: host = "", DYNENV_PUBLIC_REGISTRY: open = "" } = shell;
  const name = `${host}/${repository}:${stack}-${edition}`;
  const config = join(adminKubeconfig, "..", "docker-config");
  const input = `FROM ${base}\nLABEL edition=${name}\n`;
  await docker(["--config", config, "build", "--tag", name, "-"], { input });
  await docker(["--config", config, "push", "--quiet", name]);
  const reference = (await docker(["inspect", "--format", "{{index .RepoDigests 0}}", name])).trim();
  return reference.replace(host, open);
}

/** Plain `pulumi up` with these steps before the service. */
function up(image: string, edition: string, before: string[]): Promise<Ended> {
  return run(["up", "--yes", "--skip-preview"], image, edition, before);
}

/** A command of Pulumi with these settings of the program. */
async function run(command: string[], image: string, edition: string, before: string[]): Promise<Ended> {
  const settings = {
    context: (await kubectl("config", "current-context")).trim(),
    ...{
      image,
      edition,
      project,
      commit,
      prefix: shell.DYNENV_PUBLIC_REGISTRY ?? "",
      before: JSON.stringify(before),
    },
    notesImage: JSON.stringify({ repository, tag: "first", digest: first.split("@")[1] }),
  };
  const config = Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  return pulumi(...command, "--stack", stack, ...config);
}

/** What a service says to one request. */
async function asked<T>(service: string): Promise<T> {
  return JSON.parse(
    await kubectl("get", "--raw", `/api/v1/namespaces/${namespace}/services/${service}:80/proxy/`),
  ) as T;
}

const noted = () => asked<string[]>("notes");
const uidsOf = async (kind: string, ...selector: string[]) =>
  (await kubectl("get", kind, "-n", namespace, ...selector, "-o", "jsonpath={.items[*].metadata.uid}"))
    .split(" ")
    .sort();
const podsOfService = () =>
  uidsOf("pods", "-l", "app.kubernetes.io/name=api,app.kubernetes.io/part-of=dynenv");
const jobs = () => uidsOf("jobs", "-l", "dynenv/job=before");

/** When the Job before the service was seen to have failed, in milliseconds. */
async function failedAt(): Promise<number> {
  const condition = '{.items[0].status.conditions[?(@.type=="Failed")].lastTransitionTime}';
  const job = ["get", "jobs", "-n", namespace, "-l", "dynenv/job=before"];
  return new Date(await kubectl(...job, "-o", `jsonpath=${condition}`)).getTime();
}

/** Why the next `dynenv up` would remove all that there is, if it would. */
async function doubt(): Promise<string | undefined> {
  const config = kubeConfig({ KUBECONFIG: adminKubeconfig });
  const { stdout } = await pulumi("stack", "export", "--stack", stack);
  const [found, { objects }] = await Promise.all([
    readNamespace(config, namespace),
    snapshotOf(config, namespace, new Mask()),
  ]);
  return inconsistencyOf(stack, { state: exportedState(stack, stdout), namespace: found, objects });
}

const slow = "await new Promise((done) => setTimeout(done, 3000));";
const updated = ["alters", slow, "alters again"];

describe("what comes before a service", () => {
  test("is done in its order before the first of three pods starts, once", async () => {
    const { exitCode, output } = await up(first, "1", ["creates", "migrates"]);
    expect(exitCode, output).toBe(0);
    expect(await noted()).toEqual(["creates", "migrates", "starts 1", "starts 1", "starts 1"]);
    expect(await podsOfService()).toHaveLength(3);
  });

  test("leaves the old pods serving where it fails, which is told at once and diagnosed", async () => {
    const [pods, made] = [await podsOfService(), await jobs()];
    const failing = `console.log("altering"); throw new Error("no such table")`;
    const { exitCode, output } = await up(second, "2", ["prepares", failing]);
    const end = Date.now();
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/api-before-[a-z2-7]{12}/);
    // Far from any deadline.
    expect(end - (await failedAt())).toBeLessThan(20_000);
    expect(await podsOfService()).toEqual(pods);
    expect(await asked("api")).toBe("1");
    expect((await noted()).slice(5)).toEqual(["prepares"]);
    expect(await jobs()).not.toEqual(made);
    const diagnosed = await dynenv(["diagnose", "--stack", stack, "--json"], own);
    expect(diagnosed.exitCode, diagnosed.output).toBe(1);
    expect(JSON.parse(diagnosed.stdout)).toMatchObject({
      cause: {
        ...{ cause: "before-failed", service: "api" },
        evidence: "step 2 of 2: exit code 1: Error: no such table",
      },
    });
    expect(diagnosed.output).toContain("  | altering");
    expect(await doubt()).toBeUndefined();
  });

  test("has ended before new pods take the place of the old ones, which serve meanwhile", async () => {
    const ended = new AbortController();
    const editions: string[] = [];
    const asking = (async () => {
      while (!ended.signal.aborted) {
        editions.push(await asked<string>("api"));
        if ((await noted()).includes("alters again")) return;
      }
    })();
    const updating = up(second, "2", updated);
    try {
      await Promise.race([asking, updating]);
      // Each of many answers, up to the end of the last step.
      expect(editions.length).toBeGreaterThan(5);
      expect(new Set(editions)).toEqual(new Set(["1"]));
    } finally {
      ended.abort();
      await Promise.allSettled([asking, updating]);
    }
    const { exitCode, output } = await updating;
    expect(exitCode, output).toBe(0);
    const lines = (await noted()).slice(6);
    expect(lines).toEqual(["alters", "alters again", "starts 2", "starts 2", "starts 2"]);
    expect(await asked("api")).toBe("2");
  });

  test("is not done again for another setting of the same image", async () => {
    const { exitCode, stdout, output } = await run(["preview", "--json"], second, "3", updated);
    expect(exitCode, output).toBe(0);
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    const changes = steps.map(
      ({ op, urn }) => `${op} ${urn.split("::").slice(-2).join(" ").replace(/^.*:/, "")}`,
    );
    expect(changes).toContain("update Deployment steps-api");
    expect(changes.filter((change) => change.includes("steps-api-before"))).toEqual([]);
  });
});

describe("a task", () => {
  const start = (task: string) => dynenv(["start", task, "--stack", stack], own);

  test("is started on demand, and its log and result are passed on", async () => {
    const [well, broken, unknown] = await Promise.all([start("nightly"), start("broken"), start("nighly")]);
    expect(well.exitCode, well.output).toBe(0);
    expect(well.output).toContain("tidied up");
    expect(await noted()).toContain("tidies");
    expect(broken.exitCode, broken.output).toBe(1);
    expect(broken.output).toContain("nothing to tidy");
    expect(broken.output).toMatch(
      /task broken failed: Job task-broken-\w+: its container ended with exit code 1/,
    );
    expect(unknown.exitCode, unknown.output).toBe(2);
    expect(unknown.output).toContain(`namespace ${namespace} has no task "nighly": did you mean nightly?`);
  });

  test("has a schedule that Kubernetes takes if and only if this project does", async () => {
    const cronJob = await kubectl("get", "cronjob", "task-nightly", "-n", namespace, "-o", "json");
    const isTaken = async (schedule: string) => {
      const changed = { ...(JSON.parse(cronJob) as { spec: object }) };
      const input = JSON.stringify({ ...changed, spec: { ...changed.spec, schedule } });
      return (await kubectlWith(input, "replace", "--dry-run=server", "-f", "-")).exitCode === 0;
    };
    const right = ["*/5 8-17 * jan,DEC mon-Fri", "05 0 ? 1-12/2 6", "@weekly"];
    const wrong = ["60 * * * *", "* * 0 * *", "* * * * 7", "* * * *", "5-1 * * * *", "*/0 * * * *"];
    expect(await Promise.all(right.map(isTaken))).toEqual(right.map(() => true));
    expect(await Promise.all(wrong.map(isTaken))).toEqual(wrong.map(() => false));
  });
});
