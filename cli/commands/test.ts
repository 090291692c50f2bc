import { Command } from "commander";
import { namespaceName } from "../../components/model/names.ts";
import { kubeConfig, orUnreachable } from "../clusterAccess.ts";
import { environmentFor, requireCluster } from "../connect.ts";
import { givenStack } from "../givenStack.ts";
import { interruptibleWork, orInterrupted } from "../interrupt.ts";
import { Report } from "../report.ts";
import { runTests, type Output } from "../testJob.ts";

export function testCommand(): Command {
  return new Command("test")
    .description("run the tests of an environment as a Job beside it, and pass on their log and result")
    .requiredOption("--stack <name>", "stack of the environment")
    .option("--context <name>", "context of the kubeconfig to use")
    .action(async ({ stack, context }: { stack: string; context?: string }) => {
      const report = new Report();
      givenStack("--stack", stack);
      const work = interruptibleWork(report.line);
      const env = await environmentFor(await requireCluster(context), work);
      await report.stage("test", () => orInterrupted(work.signal, testStack(stack, env, report)));
    });
}

/** Runs the tests of a stack's environment and passes on their log. */
export async function testStack(stack: string, env: Record<string, string>, output: Output): Promise<void> {
  await orUnreachable(() => runTests(kubeConfig(env), namespaceName(stack), output));
}
