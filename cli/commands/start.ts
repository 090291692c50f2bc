import { Command } from "commander";
import { kubeConfig } from "../access/clusterAccess.ts";
import { clientEnvironment, requireCluster } from "../access/connect.ts";
import { identify } from "../environment/identity.ts";
import { runTask } from "../environment/task.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { Report } from "../view/report.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";

interface StartOptions extends IdentityOptions {
  context?: string;
}

export function startCommand(): Command {
  return identityOptions(new Command("start"))
    .description("run a task of an environment now, and pass on its log and result")
    .argument("<task>", "name of the task, as its service has it")
    .option("--context <name>", "context of the kubeconfig to use")
    .action(start);
}

async function start(task: string, options: StartOptions): Promise<void> {
  const report = new Report();
  const work = interruptibleWork(report.line);
  const run = identify(options);
  const config = kubeConfig(await clientEnvironment(await requireCluster(options.context)));
  await report.stage("task", () => runTask(task, run, config, report, work.signal));
}
