import { Command } from "commander";
import { namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { KubeConfig } from "#bundled/kubernetes";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import { details, EnvironmentFailure } from "../diagnosis/diagnosis.ts";
import { dossierOf, writeArchive } from "../diagnosis/dossier.ts";
import type { Finding } from "../diagnosis/rules/finding.ts";
import { readinessBlockers } from "../diagnosis/gate.ts";
import { snapshotOf, type Snapshot } from "../diagnosis/snapshot.ts";
import { identify } from "../environment/identity.ts";
import { interruptibleWork, orInterrupted } from "../process/interrupt.ts";
import { requireEnvironment, type Owner } from "../environment/owner.ts";
import { requireWritable } from "./outputFile.ts";
import { Report } from "../view/report.ts";
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
  const run = identify(options);
  if (options.dossier !== undefined) await requireWritable("--dossier", options.dossier);
  const { stack } = run;
  await report.accounted(stack, async () => {
    const config = kubeConfig(await environmentFor(await requireCluster(options.context), work));
    const { snapshot, findings, files } = await orInterrupted(
      work.signal,
      orUnreachable(() => look(config, run, options, report)),
    );
    if (options.dossier !== undefined) {
      await writeArchive(options.dossier, files);
      report.line(`the dossier is in ${options.dossier}`);
    }
    tell(findings, snapshot, namespaceName(stack), report);
    return {};
  });
}

/** What is wrong with an environment, and the files of its dossier if it is wanted. @throws where there is none of ours. */
async function look(
  config: KubeConfig,
  owner: Owner,
  { dossier }: DiagnoseOptions,
  { line, mask }: Report,
): Promise<{ snapshot: Snapshot; findings: Finding[]; files: Record<string, string> }> {
  const { name: namespace, isTerminating, marks } = await requireEnvironment(config, owner);
  if (isTerminating)
    throw new Failure("broken", `namespace ${namespace} is being removed: wait until it is gone`);
  const snapshot = await snapshotOf(config, namespace, mask);
  for (const reason of snapshot.hidden) line(reason);
  const findings = readinessBlockers(snapshot.state, marks.commit);
  const isWanted = dossier !== undefined;
  return {
    ...{ snapshot, findings },
    files: isWanted ? await dossierOf({ config, namespace, snapshot, mask, findings }) : {},
  };
}

/** @throws the root cause, or what is not known, unless the environment is ready. */
function tell(
  [root, ...others]: Finding[],
  { hidden, unknown }: Snapshot,
  namespace: string,
  report: Report,
): void {
  if (root === undefined) {
    if (unknown.length > 0)
      throw new Failure(
        "unreachable",
        `nobody can say whether ${namespace} is ready: ${unknown.join("; ")}; use a login with the rights in docs/rbac.md`,
      );
    const what =
      hidden.length === 0
        ? `all services of ${namespace} are ready`
        : `nothing is wrong with what could be looked at in ${namespace}`;
    report.line(what);
    return;
  }
  const failure = new EnvironmentFailure([root, ...others]);
  for (const line of details(failure.findings)) report.line(line);
  throw failure;
}
