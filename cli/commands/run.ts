import type { KubeConfig } from "#bundled/kubernetes";
import { Command } from "commander";
import { imageStackOf, namespaceName, ttlForm } from "../../components/model/index.ts";
import { joinCluster, leaveCluster } from "../../local/cluster.ts";
import { required } from "../../foundation/required.ts";
import { exclusively } from "../../foundation/lock.ts";
import type { Work } from "../../foundation/work.ts";
import { readVariable } from "../../foundation/variable.ts";
import { kubeConfig } from "../access/clusterAccess.ts";
import { environmentFor, type Cluster } from "../access/connect.ts";
import { buildImages, deploy, requireDeployable } from "../environment/deployment.ts";
import { EnvironmentFailure } from "../diagnosis/diagnosis.ts";
import { dossierFile, dossierOf, writeArchive } from "../diagnosis/dossier.ts";
import { findingsIn } from "../diagnosis/findings.ts";
import { snapshotOf } from "../diagnosis/snapshot.ts";
import { described, identify, identityVariables, requireOwnCode, type Run } from "../environment/identity.ts";
import { interruptibleWork, uninterruptible } from "../process/interrupt.ts";
import { keepFor } from "../environment/keepFailed.ts";
import { readNamespace } from "../kubernetes/namespace.ts";
import { diagnosisKinds, type Observation } from "../kubernetes/observation.ts";
import { Pinned, requireOurs } from "../environment/owner.ts";
import { gatewayVariables } from "../environment/gatewayVariables.ts";
import { requirePermissions } from "../access/preflight.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import { givenSetting, qualified } from "../pulumi/pulumiProject.ts";
import { checkRegistryLogin } from "../environment/registryLogin.ts";
import { removeEnvironment, type Removal } from "../environment/removal.ts";
import { readState } from "../pulumi/state.ts";
import { requireFolder, requireWritable } from "./outputFile.ts";
import { Report } from "../view/report.ts";
import { namedCluster, requireNoOther } from "../access/shellEnvironment.ts";
import { LeftAlone } from "../pulumi/unlocked.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { lookHint } from "./look.ts";
import { testStack } from "./test.ts";
import { wantedByProgram } from "../access/programImages.ts";

interface RunOptions extends IdentityOptions {
  context?: string;
  config: string[];
  json?: true;
  keepFailed?: string;
  dossier?: string;
  allowNoTests?: true;
  junit?: string;
}

export function runCommand(): Command {
  return identityOptions(new Command("run"))
    .description("build, deploy, test and clean up for one commit; cleanup whatever happened before")
    .option("--context <name>", "context of the kubeconfig to use")
    .option(
      "--config <key=value...>",
      "settings: those of dynenv by their names, the program's own as project:key=value",
      [],
    )
    .option("--keep-failed <time>", "keep an environment that failed for so long, such as 30m")
    .option("--dossier <file>", "where objects, events and logs of one that failed are written, as .tar.gz")
    .option("--junit <folder>", "copy the results that test suites write to NAME.xml in it")
    .option("--allow-no-tests", "be content with a run of zero tests, too")
    .option("--json", "print what was done as JSON")
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  const identity = identify(options);
  const { stack } = identity;
  if (options.keepFailed !== undefined)
    required("--keep-failed", options.keepFailed, { ...ttlForm, example: "30m" });
  if (options.dossier !== undefined) await requireWritable("--dossier", options.dossier);
  if (options.junit !== undefined) await requireFolder("--junit", options.junit);
  requireOwnCode(identity, options.config);
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
  const cluster = await joinCluster(work, wantedByProgram());
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
  requireNoOther(cluster);
  const variables = await environmentFor(cluster, work);
  const gateway = await gatewayVariables(variables, identity.stack, report.line, options.config);
  const env = { ...variables, ...gateway, ...identityVariables(identity) };
  const config = kubeConfig(env);
  const standIns = env.DYNENV_STAND_INS ?? readVariable("DYNENV_STAND_INS") ?? "{}";
  report.line(`images of backing services: ${standIns === "{}" ? "published" : "stand-in"}`);
  await requirePermissions(config, namespaceName(identity.stack), "run", env);
  await checkRegistryLogin({ ...process.env, ...env }, "images" in cluster);
  const context = { env, detail: report.detail, ...work };
  const { stack } = identity;
  await report.following({ config, stack, kinds: diagnosisKinds }, (observation) =>
    runStages({ identity, options, report, context, observation, cluster: config }),
  );
}

interface Stages {
  identity: Run;
  options: RunOptions;
  cluster: KubeConfig;
  report: Report;
  context: PulumiRun;
  observation: Observation;
}

/** Build, deploy, test; then cleanup, always. A failure of the first three outranks one of the cleanup. */
async function runStages(stages: Stages): Promise<void> {
  const { identity, options, report, context } = stages;
  const stacks = [identity.stack, imageStackOf(identity.stack)];
  const states = await Promise.all(stacks.map((stack) => readState(stack, context)));
  // Whatever these hold later, this run has made, and may remove.
  const isAllOurs = states.every((state) => state === undefined);
  await requireDeployable(identity, options.config, context);
  const failure = await failureOf(() => buildDeployTest(stages));
  if (failure instanceof LeftAlone) throw failure;
  if (failure !== undefined && !context.signal.aborted && (await isKept(stages, failure))) throw failure;
  const toTheEnd = { ...context, ...uninterruptible(context), isAllOurs };
  const left = await failureOf(() => report.stage("cleanup", () => removed(identity, report, toTheEnd)));
  if (left !== undefined && failure !== undefined) report.line(`not removed: ${left.message}`);
  const first = failure ?? left;
  if (first !== undefined) throw first;
}

/** One that somebody pinned in the meantime stays, as was asked for. */
async function removed(identity: Run, { line }: Report, run: Removal): Promise<void> {
  await removeEnvironment(identity, run).catch((error: unknown) => {
    if (!(error instanceof Pinned)) throw error;
    line(error.message);
  });
}

/** Notes down what there is of an environment that failed. @returns whether it is to be looked at by people, too. */
async function isKept({ identity, options, report, cluster }: Stages, failure: Error): Promise<boolean> {
  const { stack } = identity;
  const namespace = namespaceName(stack);
  const { keepFailed, dossier = dossierFile(stack) } = options;
  try {
    const found = await readNamespace(cluster, namespace);
    if (found === undefined) return false;
    requireOurs(found, identity);
    const snapshot = await snapshotOf(cluster, namespace, report.mask);
    const findings = failure instanceof EnvironmentFailure ? failure.findings : findingsIn(snapshot.state);
    await writeArchive(
      dossier,
      await dossierOf({ config: cluster, namespace, snapshot, mask: report.mask, findings }),
    );
    report.line(`objects, events and logs are in ${dossier}`);
    if (keepFailed === undefined) return false;
    const expires = await keepFor(cluster, found, keepFailed);
    report.line(`kept until ${expires}, or until dynenv down --stack ${stack}`);
    if (!options.json) report.line(lookHint(stack, options));
    return true;
  } catch (error) {
    // It changes nothing about the failure, nor may it keep the environment from being removed.
    report.line(`the dossier is incomplete: ${(error as Error).message}`);
    return false;
  }
}

async function buildDeployTest({ identity, options, report, context, observation }: Stages): Promise<void> {
  const { config, junit, allowNoTests } = options;
  const { stack } = identity;
  const settings = qualified(config).flatMap((setting) => ["--config", setting]);
  // Images that exist, as forks bring them, are deployed as they are.
  const isGiven = (givenSetting(config, "images") ?? readVariable("DYNENV_SERVICE_IMAGES")) !== undefined;
  const built = isGiven ? {} : await report.stage("build", () => buildImages(stack, settings, context));
  const { signal } = context;
  const withImages = { ...context, env: { ...context.env, ...built } };
  await report.stage("deploy", () => deploy(identity, settings, withImages, observation));
  await report.stage("test", () => testStack(identity, context.env, report, { junit, allowNoTests, signal }));
}

async function failureOf(work: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
