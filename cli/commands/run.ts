import { Command } from "commander";
import { namespaceName } from "../../components/model/index.ts";
import { joinCluster, leaveCluster } from "../../local/cluster.ts";
import { exclusively } from "../../local/lock.ts";
import type { Work } from "../../local/work.ts";
import { kubeConfig } from "../clusterAccess.ts";
import { environmentFor, type Cluster } from "../connect.ts";
import { buildImage, deploy } from "../deployment.ts";
import { described, identify, identityVariables, type Run } from "../identity.ts";
import { interruptibleWork, orInterrupted, uninterruptible } from "../interrupt.ts";
import { requirePermissions } from "../preflight.ts";
import type { PulumiRun } from "../pulumi.ts";
import { checkRegistryLogin } from "../registryLogin.ts";
import { removeEnvironment } from "../removal.ts";
import { Report } from "../report.ts";
import { namedCluster } from "../shellEnvironment.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { testStack } from "./test.ts";

interface RunOptions extends IdentityOptions {
  context?: string;
  config: string[];
  json?: true;
}

export function runCommand(): Command {
  return identityOptions(new Command("run"))
    .description("build, deploy, test and clean up for one commit; cleanup whatever happened before")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--config <key=value...>", "settings of the stack, as for pulumi up", [])
    .option("--json", "print what was done as JSON")
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  const identity = identify(options);
  const { stack } = identity;
  report.line(`environment ${namespaceName(stack)} for ${described(identity)}`);
  await report.accounted(stack, async () => {
    await exclusively(stack, "another run for this commit is under way", work, async () => {
      const named = namedCluster(options.context);
      if (named !== undefined) await runOn(named, identity, options, report, work);
      else await runOnEmbedded(identity, options, report, work);
    });
    // Also when it came during the cleanup, which goes to its end.
    work.signal.throwIfAborted();
    return {};
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
  const config = kubeConfig(env);
  await requirePermissions(config, namespaceName(identity.stack), "run");
  await checkRegistryLogin({ ...process.env, ...env }, "images" in cluster);
  const context = { env, detail: report.detail, ...work };
  await report.following(config, identity.stack, () => runStages(identity, options.config, report, context));
}

/** Build, deploy, test; then cleanup, always. A failure of the first three outranks one of the cleanup. */
async function runStages(
  { stack }: Run,
  config: string[],
  report: Report,
  context: PulumiRun,
): Promise<void> {
  const failure = await failureOf(() => buildDeployTest(stack, config, report, context));
  const toTheEnd = { ...context, ...uninterruptible(context) };
  const left = await failureOf(() => report.stage("cleanup", () => removeEnvironment(stack, toTheEnd)));
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
  const settings = config.flatMap((setting) => ["--config", setting]);
  // An image that exists, as forks bring it, is deployed as it is.
  const isGiven = config.some((setting) => /^(dynenv:)?image=./.test(setting));
  const built = isGiven ? [] : await report.stage("build", () => buildImage(stack, settings, context));
  await report.stage("deploy", () => deploy(stack, [...settings, ...built], context));
  await report.stage("test", () =>
    orInterrupted(context.signal, testStack(stack, context.env, report.output)),
  );
}

async function failureOf(work: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
