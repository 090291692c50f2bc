import { Command } from "commander";
import { namespaceName } from "dynamic-environments/model";
import { clusterDown, clusterUp, embeddedCluster, hasStacks } from "../../local/cluster.ts";
import { Failure } from "../../local/failure.ts";
import { exclusively } from "../../local/lock.ts";
import type { Progress } from "../../local/progress.ts";
import { environmentFor, findCluster, type Cluster } from "../connect.ts";
import { identify, identityVariables, type Run } from "../identity.ts";
import { Interrupt } from "../interrupt.ts";
import { pulumi, stackExists, stackOutputs, type PulumiRun } from "../pulumi.ts";
import { readinessFailure } from "../readinessFailure.ts";
import { checkRegistryLogin } from "../registryLogin.ts";
import { Report } from "../report.ts";
import { testStack } from "./test.ts";

interface RunOptions {
  ref?: string;
  commit?: string;
  context?: string;
  config: string[];
}

export function runCommand(): Command {
  return new Command("run")
    .description("build, deploy, test and clean up for one commit; cleanup whatever happened before")
    .option("--ref <name>", "branch or tag (default: CI_COMMIT_REF_NAME, else what is checked out)")
    .option("--commit <sha>", "commit (default: CI_COMMIT_SHA, else what is checked out)")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--config <key=value...>", "settings of the stack, as for pulumi up", [])
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const report = new Report();
  const line = (text: string) => {
    report.line(text);
  };
  const identity = identify(options);
  const { stack, ref, commit } = identity;
  line(`environment ${namespaceName(stack)} for ${ref} at ${commit.slice(0, 12)}`);
  const wait = () => {
    line("another run for this commit is under way: waiting for it ...");
  };
  await exclusively(stack, wait, () => runAlone(identity, options, report, line));
}

async function runAlone(identity: Run, options: RunOptions, report: Report, line: Progress): Promise<void> {
  const interrupt = new Interrupt(line);
  const found = await findCluster(options.context);
  const down = () => endCluster(found, line);
  const prepare = async () => {
    const cluster = found ?? (await clusterUp(line));
    line(`images of the shop: ${"images" in cluster ? cluster.images.source : "published"}`);
    return { ...(await environmentFor(cluster, line)), ...identityVariables(identity) };
  };
  try {
    const env = await interrupt.duringPreparation(down, prepare);
    await checkRegistryLogin({ ...process.env, ...env });
    await runStages(identity, options.config, report, { env, line, interrupt });
  } finally {
    await down();
  }
}

/** Takes the embedded cluster down, unless it was found running or another run has come to use it. */
async function endCluster(found: Cluster | undefined, line: Progress): Promise<void> {
  if (found !== undefined) return;
  const cluster = await embeddedCluster();
  if (cluster !== undefined && (await hasStacks(cluster))) {
    line("the cluster stays up: it has other environments");
  } else if (await clusterDown()) {
    line("the cluster is down");
  }
}

/** Build, deploy, test; then cleanup, always. A failure of the first three outranks one of the cleanup. */
async function runStages(identity: Run, config: string[], report: Report, context: PulumiRun): Promise<void> {
  const { stack } = identity;
  const { interrupt } = context;
  let failure = await failureOf(() => buildDeployTest(stack, config, report, context));
  interrupt.beginCleanup();
  const stacks = [stack, imageStack(stack)];
  const left = await failureOf(() =>
    report.stage("cleanup", () => Promise.all(stacks.map((name) => destroy(name, context)))),
  );
  if (left === undefined && interrupt.received) {
    failure = new Failure("interrupted", "interrupted; the environment is removed");
  }
  failure ??= left;
  if (failure !== undefined) throw failure;
}

async function buildDeployTest(
  stack: string,
  config: string[],
  report: Report,
  context: PulumiRun,
): Promise<void> {
  const { env, interrupt } = context;
  const settings = config.flatMap((setting) => ["--config", setting]);
  const image = await report.stage("build", async () => {
    await up(imageStack(stack), [...settings, "--config", "kind=image"], context);
    return (await stackOutputs<{ image: string }>(imageStack(stack), env)).image;
  });
  await report.stage("deploy", () => deploy(stack, [...settings, "--config", `image=${image}`], context));
  await report.stage("test", () => Promise.race([testStack(stack, env), interrupt.raised()]));
}

/** The image is built in a stack of its own, so that a failed build leaves no environment. */
function imageStack(stack: string): string {
  return `${stack}-image`;
}

async function failureOf(work: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

async function up(stack: string, args: string[], context: PulumiRun): Promise<void> {
  await pulumi(["stack", "select", "--create", "--stack", stack], context);
  await pulumi(["up", "--yes", "--skip-preview", "--stack", stack, ...args], context);
}

/** Removes what a stack built and the stack itself, if it was created. */
async function destroy(stack: string, context: PulumiRun): Promise<void> {
  if (!(await stackExists(stack, context.env))) return;
  await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack], context);
}

async function deploy(stack: string, args: string[], context: PulumiRun): Promise<void> {
  try {
    await up(stack, args, context);
  } catch (error) {
    const cause = await readinessFailure(context.env, namespaceName(stack));
    throw cause === undefined || context.interrupt.received ? error : new Failure("broken", cause);
  }
}
