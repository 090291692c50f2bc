import { Command } from "commander";
import { namespaceName } from "dynamic-environments/model";
import { clusterDown } from "../../local/cluster.ts";
import { Failure } from "../../local/failure.ts";
import { environmentFor, findOrStartCluster } from "../connect.ts";
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
  const interrupt = new Interrupt(line);
  line(`environment ${namespaceName(identity.stack)} for ${identity.ref} at ${identity.commit.slice(0, 12)}`);
  const { cluster, started } = await findOrStartCluster(options.context, line);
  try {
    interrupt.check();
    const env = { ...(await environmentFor(cluster, line)), ...identityVariables(identity) };
    line(`images of the shop: ${"images" in cluster ? cluster.images.source : "published"}`);
    await checkRegistryLogin({ ...process.env, ...env });
    await runStages(identity, options.config, report, { env, line, interrupt });
  } finally {
    if (started) {
      await clusterDown();
      line("the cluster is down");
    }
  }
}

/** Build, deploy, test; then cleanup, always. A failure of the first three outranks one of the cleanup. */
async function runStages(identity: Run, config: string[], report: Report, context: PulumiRun): Promise<void> {
  const { stack } = identity;
  const imageStack = `${stack}-image`;
  const { env, interrupt } = context;
  let failure: Error | undefined;
  try {
    const settings = config.flatMap((setting) => ["--config", setting]);
    const image = await report.stage("build", async () => {
      await up(imageStack, [...settings, "--config", "kind=image"], context);
      return (await stackOutputs<{ image: string }>(imageStack, env)).image;
    });
    await report.stage("deploy", () => deploy(stack, [...settings, "--config", `image=${image}`], context));
    interrupt.check();
    await report.stage("test", () => testStack(stack, env));
    interrupt.check();
  } catch (error) {
    failure = error as Error;
  }
  interrupt.disable();
  try {
    await report.stage("cleanup", () => Promise.all([destroy(stack, context), destroy(imageStack, context)]));
  } catch (error) {
    failure ??= error as Error;
  }
  if (interrupt.received) throw new Failure("interrupted", "interrupted; the environment is removed");
  if (failure !== undefined) throw failure;
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
