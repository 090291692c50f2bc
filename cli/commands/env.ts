import { Command } from "commander";
import { environmentFor, findCluster } from "../connect.ts";
import { interruptibleWork } from "../interrupt.ts";
import { Report } from "../report.ts";

export function envCommand(): Command {
  return new Command("env")
    .description('print what a shell needs for plain Pulumi: eval "$(npx dynenv env)"')
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--json", "print it as JSON")
    .action(async ({ context, json }: { context?: string; json?: true }) => {
      const report = new Report();
      const cluster = await findCluster(context);
      const env = await environmentFor(cluster, interruptibleWork(report.line));
      if (cluster === undefined)
        report.line("no cluster is up or named: npx dynenv cluster up, or set KUBECONFIG");
      const lines = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
      process.stdout.write(json ? `${JSON.stringify(env, null, 2)}\n` : lines.join(""));
    });
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
