import { Command } from "commander";
import { EnvironmentKind, namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { kubeConfig } from "../access/clusterAccess.ts";
import { environmentFor, findCluster, requireCluster } from "../access/connect.ts";
import { identify, identityVariables, requireOwnCode, type Run } from "../environment/identity.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { door } from "../process/door.ts";
import { gatewayVariables } from "../environment/gatewayVariables.ts";
import { requirePermissions } from "../access/preflight.ts";
import { Report } from "../view/report.ts";
import { assignment } from "../text/shellAssignment.ts";
import { requireNoOther } from "../access/shellEnvironment.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { commandName } from "../../foundation/folders.ts";

interface EnvOptions extends IdentityOptions {
  context?: string;
  json?: true;
  check?: true;
}

export function envCommand(): Command {
  return identityOptions(new Command("env"))
    .description(
      `print what a shell needs for plain Pulumi, and in CI the stack, too: eval "$(${commandName} env)"`,
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--json", "print it as JSON")
    .option("--check", "fail unless the cluster allows all that pulumi up and destroy need")
    .action(printEnv);
}

async function printEnv({ context, json, check, ...wanted }: EnvOptions): Promise<void> {
  const report = new Report();
  // A person's shell outlives the checkout of one commit, a job of a CI system does not.
  const isOfOneRun = ciRun(process.env).commit !== undefined || Object.keys(wanted).length > 0;
  const run = isOfOneRun ? identify(wanted) : undefined;
  if (run !== undefined && check) requireOwnCode(run, [], Object.values(EnvironmentKind));
  const cluster = check ? await requireCluster(context) : await findCluster(context);
  requireNoOther(cluster);
  const shell = await environmentFor(cluster, interruptibleWork(report.line));
  if (cluster === undefined)
    report.line(`no cluster is up or named: ${commandName} cluster up, or set KUBECONFIG or KUBE_URL`);
  // A shell that is of no stack alone has no gateway but that of its own variables.
  const gateway = cluster && run && (await gatewayVariables(shell, run.stack, report.line));
  const env: Record<string, string> = { ...shell, ...gateway, ...(run && stackVariables(run)) };
  if (check) requireBackend();
  if (check) await requirePermissions(kubeConfig(env), env.DYNENV_NAMESPACE ?? "", "run", env);
  if (json) door.handJson(env);
  else door.hand(Object.entries(env).map(assignment).join(""));
}

/** @throws in a CI job without a backend of its own: the folder that is used then ends with the job. */
function requireBackend(): void {
  const { CI = "", PULUMI_BACKEND_URL = "" } = process.env;
  if (CI === "" || PULUMI_BACKEND_URL !== "") return;
  throw new Failure(
    "usage",
    "PULUMI_BACKEND_URL is not set, and what this job deploys would be forgotten with it: set it, such as s3://bucket?region=eu-central-1",
  );
}

/** The stack that plain Pulumi works on, and what it is deployed for. */
function stackVariables(run: Run): Record<string, string> {
  return {
    ...identityVariables(run),
    PULUMI_STACK: run.stack,
    DYNENV_NAMESPACE: namespaceName(run.stack),
  };
}
