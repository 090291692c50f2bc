import { Command } from "commander";
import { commitForm, shown, stackForm } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { required } from "../../foundation/required.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import { ownProject } from "../environment/identity.ts";
import { interruptibleWork, orInterrupted } from "../process/interrupt.ts";
import { requireEnvironment, type Owner } from "../environment/owner.ts";
import { requireReadyCommit } from "../environment/readyCommit.ts";
import { Report } from "../view/report.ts";
import { runTests, type Output, type TestOptions } from "../environment/testJob.ts";

export function testCommand(): Command {
  return new Command("test")
    .description("run the tests of an environment as a Job beside it, and pass on their log and result")
    .requiredOption("--stack <name>", "stack of the environment")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--allow-no-tests", "be content with a run of zero tests, too")
    .action(async ({ stack, context, ...options }: TestCommandOptions) => {
      const report = new Report();
      required("--stack", stack, stackForm);
      const work = interruptibleWork(report.line);
      const { commit } = ciRun(process.env);
      if (commit !== undefined)
        required("commit", commit, commitForm, "set DYNENV_COMMIT to the one that is deployed");
      const tested = { stack, project: ownProject(), commit };
      const env = await environmentFor(await requireCluster(context), work);
      const { signal } = work;
      await report.stage("test", () => testStack(tested, env, report, { ...options, signal }));
    });
}

interface TestCommandOptions extends Omit<TestOptions, "signal"> {
  stack: string;
  context?: string;
}

/** An environment, and the commit that its tests are to be about, if somebody says. */
type Tested = Owner & { commit?: string | undefined };

/** Runs the tests of a stack's environment and passes on their log. */
export async function testStack(
  tested: Tested,
  env: Record<string, string>,
  output: Output,
  options: TestOptions,
): Promise<void> {
  const config = kubeConfig(env);
  const ready = async () => {
    const environment = await requireEnvironment(config, tested);
    const { name, marks } = environment;
    requireCommit(name, marks.commit ?? "", tested.commit);
    await requireReadyCommit(config, environment);
    return name;
  };
  const namespace = await orInterrupted(options.signal, orUnreachable(ready));
  await orUnreachable(() => runTests(config, namespace, output, options));
}

/** @throws when tests would pass for another commit than what runs there; one of the two may be abbreviated. */
function requireCommit(namespace: string, there: string, wanted: string | undefined): void {
  if (wanted === undefined) return;
  if (there !== "" && (there.startsWith(wanted) || wanted.startsWith(there))) return;
  throw new Failure(
    "broken",
    `namespace ${namespace} runs commit ${shown(there)}, not ${shown(wanted)}: deploy that one first`,
  );
}
