import type { V1Job } from "@kubernetes/client-node";
import { Command } from "commander";
import { connect } from "../connect.ts";
import { stackOutputs } from "../pulumi.ts";
import { Report } from "../report.ts";
import { kubeConfig, runTestJob } from "../testJob.ts";

export function testCommand(): Command {
  return new Command("test")
    .description("run the tests of an environment as a Job beside it, and pass on their log and result")
    .requiredOption("--stack <name>", "stack of the environment")
    .option("--context <name>", "context of the kubeconfig to use")
    .action(async ({ stack, context }: { stack: string; context?: string }) => {
      const report = new Report();
      const { env } = await connect({ context, start: false }, (line) => {
        report.line(line);
      });
      await report.stage("test", () => testStack(stack, env));
    });
}

/** Runs the test Job that a stack's output `testJob` describes. */
export async function testStack(stack: string, env: Record<string, string>): Promise<void> {
  const { testJob } = await stackOutputs<{ testJob: V1Job }>(stack, env);
  await runTestJob(kubeConfig(env), testJob, (text) => process.stdout.write(`  ${text}\n`));
}
