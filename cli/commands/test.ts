import { Command } from "commander";
import { namespaceName } from "dynamic-environments/model";
import { environmentFor, requireCluster } from "../connect.ts";
import { kubeConfig } from "../kubeConfig.ts";
import { Report } from "../report.ts";
import { runTests } from "../testJob.ts";

export function testCommand(): Command {
  return new Command("test")
    .description("run the tests of an environment as a Job beside it, and pass on their log and result")
    .requiredOption("--stack <name>", "stack of the environment")
    .option("--context <name>", "context of the kubeconfig to use")
    .action(async ({ stack, context }: { stack: string; context?: string }) => {
      const report = new Report();
      const env = await environmentFor(await requireCluster(context), (line) => {
        report.line(line);
      });
      await report.stage("test", () => testStack(stack, env));
    });
}

/** Runs the tests of a stack's environment and prints their log. */
export async function testStack(stack: string, env: Record<string, string>): Promise<void> {
  await runTests(kubeConfig(env), namespaceName(stack), (text) => process.stdout.write(`  ${text}\n`));
}
