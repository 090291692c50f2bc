import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { namespaceName } from "../../components/model/index.ts";
import { admin, dynenv, kubectl, shell, stacks, uniqueName } from "../integration/shell.ts";
import { documentedCommands } from "./documentedCommands.ts";
import { checkOut, type Checkout } from "./pipelineCheckout.ts";

const blocks = await documentedCommands();
const ref = uniqueName("feature/login");
let parent = "";
let checkout: Checkout;
let variables: Record<string, string> = {};

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "documented-"));
  checkout = await checkOut(parent, ref);
  await execa("git", ["remote", "set-url", "origin", checkout.origin], { cwd: checkout.folder });
  await execa("git", ["push", "--quiet", "origin", ref], { cwd: checkout.folder });
  // As any CI system may say it; nobody is there to confirm.
  const run = { DYNENV_PROJECT: `shop/${ref}`, DYNENV_REF: ref, DYNENV_COMMIT: checkout.commit };
  variables = { ...shell, ...run, PULUMI_SKIP_CONFIRMATIONS: "true" };
  const { stdout } = await dynenv(["env", "--json"], variables);
  variables = { ...variables, ...(JSON.parse(stdout) as Record<string, string>) };
});

afterAll(async () => {
  await dynenv(["down"], variables);
  await rm(parent, { recursive: true, force: true });
});

/** Does what a page says, for the environment of this test in place of the page's. */
async function follow(name: string, env: Record<string, string> = variables): Promise<string> {
  const stack = variables.PULUMI_STACK ?? "";
  const script = (blocks.find((block) => block.name === name)?.script ?? "")
    .replaceAll("env-feature-login", namespaceName(stack))
    .replaceAll("--stack NAME", `--stack ${stack}`)
    // What runs this.
    .replace("npm test\n", "")
    // These go on until somebody ends them, which is a good end.
    .replaceAll(/^.* (?:logs -f|open .*)$/gm, "timeout --preserve-status --signal=INT 10 $&");
  expect(script, name).not.toBe("");
  const options = { cwd: checkout.folder, env, extendEnv: false, all: true, reject: false } as const;
  const { exitCode, all } = await execa("bash", ["-euo", "pipefail", "-c", script], options);
  expect(exitCode, `${script}\n${all}`).toBe(0);
  return all;
}

const environment = () => namespaceName(variables.PULUMI_STACK ?? "");

const deployed = async () => {
  const names = await kubectl("get", "deployment", "-n", environment(), "-o", "name");
  expect(names).toContain("deployment.apps/deals");
};
const removed = async () => {
  expect(await stacks()).not.toContain(variables.PULUMI_STACK);
};
/** What the first lines of a pipeline say of a clone of this repository. */
const inClone = () => ({
  ...variables,
  DYNENV_PROGRAM: ".",
  DYNENV_INSTALL: "true",
  DYNENV: "cli/dynenv",
});
const asAdmin = () => ({ ...variables, ...admin });

type Step = [
  name: string,
  printed: string,
  after?: (() => Promise<void>) | undefined,
  env?: () => Record<string, string>,
];

/** What is done for one environment, one after the other. */
const steps: Step[] = [
  ["docs/state.md#1", ""],
  ["docs/rbac.md#2", "eyJ", undefined, asAdmin],
  ["docs/pipelines.md#1", "", undefined, inClone],
  ["README.md#4", "test: done in", removed],
  ["docs/rbac.md#1", "created", deployed],
  ["docs/components/test-runner.md#1", "created", undefined, asAdmin],
  ["docs/failures.md#1", "are ready"],
  ["docs/looking.md#1", "from a pipe"],
  ["docs/looking.md#2", "deals"],
  ["docs/looking.md#3", "http://127.0.0.1:18080"],
  ["docs/life-span.md#1", "live"],
  ["docs/life-span.md#2", "updated"],
  ["docs/life-span.md#3", "annotated"],
  ["docs/life-span.md#4", "", deployed],
  ["docs/recovery.md#1", "down: done in", removed],
];

test.each(steps)(
  "%s does what it says",
  async (name, printed, after, env = () => variables) => {
    expect(await follow(name, env())).toContain(printed);
    await after?.();
  },
  180_000,
);

/** A cluster of its own, as a reader gets it who has none. */
const reader = () => {
  const { PATH = "", HOME = "" } = process.env;
  return {
    PATH,
    HOME,
    DYNENV_CLUSTER: "documented",
    DYNENV_TOOLS: "modules",
    DYNENV_IMAGES: "stand-in",
    PULUMI_SKIP_CONFIRMATIONS: "true",
  };
};
const onOwnCluster = ["README.md#1", "README.md#2", "docs/backing.md#1", "README.md#3"];

test("the README's first commands do what it says", async () => {
  expect(await follow("README.md#1", reader())).toContain("the cluster is down");
  expect(await follow("README.md#2", reader())).toMatch(
    /deals answers at http:\/\/env-\S+\.dynenv\.localhost:\d+\n/,
  );
  expect(await follow("docs/backing.md#1", reader())).toContain("has stand-in images of postgres, redis");
  expect(await follow("README.md#3", reader())).toContain("job.batch/first-test created");
}, 500_000);

/** The README's section on reuse: test/operations/programs.test.ts follows it. */
const reuse = ["README.md#5", "README.md#6"];

/** Of an application of one's own: test/operations/foreign.test.ts does so. */
const ownApplication = [1, 2, 3].map((block) => `docs/own-application.md#${String(block)}`);

/** Of an environment that stays: test/operations/standing.test.ts deploys one, and deployer.test.ts with its own account. */
const standing = ["docs/standing.md#1", "docs/standing.md#2"];

/** Of releases, on two clusters: test/operations/releases.test.ts follows them. */
const releases = [1, 2, 3, 4, 5, 6, 7].map((block) => `docs/releases.md#${String(block)}`);

test("no commands are documented but these", () => {
  const elsewhere = [...reuse, ...ownApplication, ...standing, ...releases];
  const followed = [...steps.map(([name]) => name), ...onOwnCluster, ...elsewhere];
  expect(blocks.map(({ name }) => name).sort()).toEqual(followed.sort());
});
