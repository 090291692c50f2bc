import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Command } from "commander";
import { EnvironmentKind, namespaceName, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { exclusively } from "../../foundation/lock.ts";
import { requirePinnedCluster } from "../../foundation/pinnedCluster.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import type { Work } from "../../foundation/work.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import { requireDeployRights, tellSkew } from "../environment/beforehand.ts";
import { deploy } from "../environment/deployment.ts";
import {
  identify,
  identityVariables,
  requireOwnCode,
  requireOwnSettings,
  type Run,
} from "../environment/identity.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { diagnosisKinds } from "../kubernetes/observation.ts";
import { gatewayVariables } from "../environment/gatewayVariables.ts";
import { urlsIn } from "../kubernetes/route.ts";
import { stackOutputs, type PulumiRun } from "../pulumi/pulumi.ts";
import { configuredSetting, givenSetting, qualified, storedSetting } from "../pulumi/pulumiProject.ts";
import { isToldOf, requireDeployable, tellDeployment } from "../release/lockedDeployment.ts";
import { namedLock, withLock } from "../release/lockSource.ts";
import { requireWritable } from "./outputFile.ts";
import { Report } from "../view/report.ts";
import { requireNoOther } from "../access/shellEnvironment.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { lookHint } from "./look.ts";

export interface UpOptions extends IdentityOptions {
  context?: string;
  config: string[];
  dotenv?: string;
  fromLock?: string;
  json?: true;
}

export function upCommand(): Command {
  return identityOptions(new Command("up"))
    .description("pulumi up of an environment, after what an earlier run left is put right")
    .option("--context <name>", "context of the kubeconfig to use")
    .option(
      "--config <key=value...>",
      "settings: those of dynenv by their names, the program's own as project:key=value",
      [],
    )
    .option("--dotenv <file>", "write the outputs as DYNENV_* variables, for the jobs that follow")
    .option(
      "--from-lock <release>",
      "deploy a release, whatever is checked out: its version, or the file of its lock",
    )
    .option("--json", "print the outputs, and what was done, as JSON")
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  const lock = options.fromLock === undefined ? undefined : await namedLock(options.fromLock, work.signal);
  await deployTo(options, lock, report, work);
}

/** Deploys what is checked out, or a release. */
export async function deployTo(
  options: UpOptions,
  lock: ReleaseLock | undefined,
  report: Report,
  work: Work,
): Promise<void> {
  const named = options.commit ?? options.ref;
  if (lock !== undefined && named !== undefined)
    throw new Failure(
      "usage",
      `${shown(named)} is named beside a release, which has its own commit and branch: leave one of the two out`,
    );
  const run = identify({ ...options, ...(lock && { commit: lock.commit, ref: lock.ref }) });
  if (options.dotenv !== undefined) await requireWritable("--dotenv", options.dotenv);
  const kinds = Object.values(EnvironmentKind);
  if (lock === undefined) requireOwnCode(run, options.config, kinds);
  else requireOwnSettings(run, options.config, kinds);
  const deploying = (env: Record<string, string>) => deployed(run, lock, env, options, report, work);
  await report.accounted(run.stack, () => (lock === undefined ? deploying({}) : withLock(lock, deploying)));
}

/** @returns the stack's outputs, where they are asked for. */
async function deployed(
  run: Run,
  lock: ReleaseLock | undefined,
  own: Record<string, string>,
  options: UpOptions,
  report: Report,
  work: Work,
): Promise<object> {
  const { stack } = run;
  const cluster = await requireCluster(options.context);
  requireNoOther(cluster);
  const variables = await environmentFor(cluster, work);
  const config = kubeConfig(variables);
  const configured = (key: string) => configuredSetting(stack, options.config, key);
  requirePinnedCluster(configured("kind") ?? "", configured("cluster"), config.getCurrentContext());
  const gateway = await gatewayVariables(variables, run.stack, report.line, options.config);
  const env = { ...variables, ...gateway, ...identityVariables(run), ...own };
  const context: PulumiRun = { env, detail: report.detail, ...work };
  await Promise.all([
    requireDeployRights(config, stack, { env, configured, tell: report.line }),
    "registry" in cluster ? undefined : tellSkew(config, report.line),
  ]);
  const deployment = { stack, given: options.config, env, lock, commit: run.commit, project: run.project };
  await requireDeployable(deployment, work);
  const settings = qualified(options.config).flatMap((setting) => ["--config", setting]);
  report.line(`environment ${namespaceName(stack)} of the stack ${stack}`);
  const images = givenSetting(options.config, "images") === undefined && storedSetting(stack, "images");
  if (images) report.line(`nothing is built: Pulumi.${stack}.yaml gives the images ${images}`);
  const isTold = isToldOf(deployment);
  let outputs: Record<string, unknown> = {};
  await exclusively(stack, "another run for this environment is under way", work, async () => {
    await report.following({ config, stack, kinds: diagnosisKinds }, (observation) =>
      report.stage("up", () => deploy(run, settings, context, observation)),
    );
    if (!isTold && options.dotenv === undefined && options.json === undefined) return;
    outputs = await stackOutputs<Record<string, unknown>>(stack, context);
    // Before another run begins, so that what it tells comes after this.
    if (isTold) await tellDeployment(deployment, outputs.images as Record<string, string>, work);
  });
  if (!options.json) {
    const urls = await orUnreachable(() => urlsIn(config, namespaceName(stack)));
    for (const [service, url] of urls) report.line(`${service} answers at ${url}`);
    report.line(lookHint(stack, options));
  }
  if (options.dotenv !== undefined) {
    await mkdir(dirname(options.dotenv), { recursive: true });
    await writeFile(options.dotenv, dotenv({ stack, ...outputs }));
  }
  return outputs;
}

/** `readyCommit` becomes `DYNENV_READY_COMMIT`; only texts of one line: nothing else has a form in such a file. */
function dotenv(outputs: Record<string, unknown>): string {
  const name = (key: string) => `DYNENV_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  return Object.entries(outputs)
    .filter(([, value]) => typeof value === "string" && !/[\r\n]/.test(value))
    .map(([key, value]) => `${name(key)}=${String(value)}\n`)
    .join("");
}
