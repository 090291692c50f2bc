import { Command } from "commander";
import { clusterDown, clusterUp, embeddedCluster } from "../../local/cluster.ts";
import { Interrupt } from "../interrupt.ts";
import { Report } from "../report.ts";

export function clusterCommand(): Command {
  const command = new Command("cluster").description(
    "The embedded cluster of this checkout, for trying out and for tests.",
  );
  command
    .command("up")
    .description("start it, unless it is up (root, on Debian or Ubuntu)")
    .option("--json", "print what a program needs to use it")
    .action(async ({ json }: { json?: true }) => {
      const report = new Report();
      const line = (text: string) => {
        report.line(text);
      };
      const found = await embeddedCluster();
      const down = async () => {
        if (found === undefined) await clusterDown();
      };
      const cluster = await new Interrupt(line).duringPreparation(down, () => clusterUp(line));
      if (json) process.stdout.write(`${JSON.stringify(cluster, null, 2)}\n`);
      else
        line(
          `the cluster ${cluster.name} is up with ${cluster.images.source} images: eval "$(npx dynenv env)"`,
        );
    });
  command
    .command("down")
    .description("end it with all environments in it; its images stay")
    .action(async () => {
      const report = new Report();
      report.line((await clusterDown()) ? "the cluster is down" : "the cluster was not up");
    });
  return command;
}
