import { Command } from "commander";
import { namespaceName } from "../../components/model/index.ts";
import { joinCluster, leaveCluster } from "../../local/cluster.ts";
import { Failure } from "../../local/failure.ts";
import { exclusively } from "../../local/lock.ts";
import type { Work } from "../../local/work.ts";
import { requireAnswer } from "../clusterAccess.ts";
import { environmentFor, type Cluster } from "../connect.ts";
import { identify, identityVariables, type Run } from "../identity.ts";
import { interruptibleWork, orInterrupted, uninterruptible } from "../interrupt.ts";
import { pulumi, stackExists, stackOutputs, type PulumiRun } from "../pulumi.ts";
import { readinessFailure } from "../readinessFailure.ts";
import { checkRegistryLogin } from "../registryLogin.ts";
import { Report } from "../report.ts";
import { namedCluster } from "../shellEnvironment.ts";
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
  const work = interruptibleWork(report.line);
  const identity = identify(options);
  const { stack, ref, commit } = identity;
  report.line(`environment ${namespaceName(stack)} for ${ref} at ${commit.slice(0, 12)}`);
  await exclusively(stack, "another run for this commit is under way", work, async () => {
    const named = namedCluster(options.context);
    if (named !== undefined) await runOn(named, identity, options, report, work);
    else await runOnEmbedded(identity, options, report, work);
  });
}

async function runOnEmbedded(identity: Run, options: RunOptions, report: Report, work: Work): Promise<void> {
  const cluster = await joinCluster(work);
  try {
    await runOn(cluster, identity, options, report, work);
  } finally {
    await leaveCluster(uninterruptible(work));
  }
}

async function runOn(
  cluster: Cluster,
  identity: Run,
  options: RunOptions,
  report: Report,
  work: Work,
): Promise<void> {
  const env = { ...(await environmentFor(cluster, work)), ...identityVariables(identity) };
  const standIns = env.DYNENV_STAND_INS ?? process.env.DYNENV_STAND_INS ?? "{}";
  report.line(`images of the shop: ${standIns === "{}" ? "published" : "stand-in"}`);
  await requireAnswer(env);
  await checkRegistryLogin({ ...process.env, ...env }, "images" in cluster);
  await runStages(identity, options.config, report, { env, ...work });
}

/** Build, deploy, test; then cleanup, always. A failure of the first three outranks one of the cleanup. */
async function runStages(identity: Run, config: string[], report: Report, context: PulumiRun): Promise<void> {
  const { stack } = identity;
  const failure = await failureOf(() => buildDeployTest(stack, config, report, context));
  const stacks = [stack, imageStack(stack)];
  const toTheEnd = { ...context, ...uninterruptible(context) };
  const left = await failureOf(() => report.stage("cleanup", () => destroyAll(stacks, toTheEnd)));
  if (left !== undefined && failure !== undefined) report.line(`not removed: ${left.message}`);
  const first = failure ?? left;
  if (first !== undefined) throw first;
}

async function buildDeployTest(
  stack: string,
  config: string[],
  report: Report,
  context: PulumiRun,
): Promise<void> {
  const { env, signal } = context;
  const settings = config.flatMap((setting) => ["--config", setting]);
  // An image that exists, as forks bring it, is deployed as it is.
  const isGiven = config.some((setting) => /^(dynenv:)?image=./.test(setting));
  const built = isGiven
    ? []
    : await report.stage("build", async () => {
        await up(imageStack(stack), [...settings, "--config", "kind=image"], context);
        const { image } = await stackOutputs<{ image: string }>(imageStack(stack), context);
        return ["--config", `image=${image}`];
      });
  await report.stage("deploy", () => deploy(stack, [...settings, ...built], context));
  await report.stage("test", () => orInterrupted(signal, testStack(stack, env)));
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

/** Removes what the stacks built and the stacks themselves; one that fails does not keep the other from it. */
async function destroyAll(stacks: string[], context: PulumiRun): Promise<void> {
  const results = await Promise.allSettled(stacks.map((stack) => destroy(stack, context)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason as Error;
}

async function destroy(stack: string, context: PulumiRun): Promise<void> {
  if (!(await stackExists(stack, context))) return;
  await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack], context);
}

async function deploy(stack: string, args: string[], context: PulumiRun): Promise<void> {
  try {
    await up(stack, args, context);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const cause = await readinessFailure(context.env, namespaceName(stack));
    throw cause === undefined ? error : new Failure("broken", cause);
  }
}
