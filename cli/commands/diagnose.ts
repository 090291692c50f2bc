import { Command } from "commander";
import { namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../local/failure.ts";
import type { KubeConfig } from "@kubernetes/client-node";
import { kubeConfig, orUnreachable } from "../clusterAccess.ts";
import { environmentFor, requireCluster } from "../connect.ts";
import { details, EnvironmentFailure } from "../diagnosis/diagnosis.ts";
import { writeDossier } from "../diagnosis/dossier.ts";
import { allFindings } from "../diagnosis/findings.ts";
import { snapshotOf } from "../diagnosis/snapshot.ts";
import { identify } from "../identity.ts";
import { interruptibleWork } from "../interrupt.ts";
import { readNamespace } from "../namespace.ts";
import { Report } from "../report.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";

interface DiagnoseOptions extends IdentityOptions {
  context?: string;
  json?: true;
  dossier?: string;
}

export function diagnoseCommand(): Command {
  return identityOptions(new Command("diagnose"))
    .description("say why an environment is not ready: the root cause, then what follows from it")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--dossier <file>", "write objects, events, logs and a summary to a .tar.gz file")
    .option("--json", "print the cause as JSON")
    .action(diagnose);
}

async function diagnose(options: DiagnoseOptions): Promise<void> {
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  const { stack } = identify(options);
  await report.accounted(stack, async () => {
    const config = kubeConfig(await environmentFor(await requireCluster(options.context), work));
    await orUnreachable(() => tell(config, stack, options, report));
    return {};
  });
}

/** @throws the root cause, unless the environment is ready. */
async function tell(
  config: KubeConfig,
  stack: string,
  { dossier }: DiagnoseOptions,
  report: Report,
): Promise<void> {
  const name = namespaceName(stack);
  const namespace = await readNamespace(config, name);
  if (namespace === undefined)
    throw new Failure("broken", `namespace ${name} does not exist: run \`dynenv up --stack ${stack}\` first`);
  const snapshot = await snapshotOf(config, name, report.mask);
  for (const reason of snapshot.hidden) report.line(reason);
  const [root, ...others] = allFindings(snapshot.state);
  if (dossier !== undefined) {
    await writeDossier(dossier, {
      config,
      namespace: name,
      snapshot,
      mask: report.mask,
      findings: root ? [root, ...others] : [],
    });
    report.line(`the dossier is in ${dossier}`);
  }
  if (namespace.isTerminating)
    throw new Failure("broken", `namespace ${name} is being removed: wait until it is gone`);
  if (root === undefined) {
    report.line(`all services of ${name} are ready`);
    return;
  }
  const failure = new EnvironmentFailure([root, ...others]);
  for (const line of details(failure.findings)) report.line(line);
  throw failure;
}
