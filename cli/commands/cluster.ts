import { Command } from "commander";
import { backingStandIns } from "../../local/backingImages.ts";
import { clusterDown, clusterImages, clusterUp } from "../../local/cluster.ts";
import { Failure } from "../../foundation/failure.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { door } from "../process/door.ts";
import { Report } from "../view/report.ts";
import { commandName } from "../../foundation/folders.ts";
import { wantedByProgram } from "../access/programImages.ts";

export function clusterCommand(): Command {
  const command = new Command("cluster").description(
    "the embedded cluster of this checkout, for trying out and for tests",
  );
  command
    .command("up")
    .description("start it, unless it is up (root, on Debian or Ubuntu)")
    .option("--json", "print what a program needs to use it")
    .action(async ({ json }: { json?: true }) => {
      const { line } = new Report();
      const cluster = await clusterUp(interruptibleWork(line), wantedByProgram());
      if (json) door.handJson(cluster);
      else
        line(
          `the cluster ${cluster.name} is up with ${cluster.images.source} images: eval "$(${commandName} env)"`,
        );
    });
  command
    .command("images <name...>")
    .description(
      `bring images of backing services into it: where the published ones are out of reach, stand-ins (${backingStandIns.join(", ")})`,
    )
    .option("--json", "print the digests of all stand-ins, by the published repository:tag")
    .action(async (names: string[], { json }: { json?: true }) => {
      const { line } = new Report();
      const cluster = await clusterImages(names, interruptibleWork(line));
      if (cluster === undefined)
        throw new Failure("usage", `the cluster is not up: start it with ${commandName} cluster up`);
      if (json) door.handJson(cluster.images.standIns);
      else line(`the cluster ${cluster.name} has ${cluster.images.source} images of ${names.join(", ")}`);
    });
  command
    .command("down")
    .description("end it with all environments in it; its images stay")
    .action(async () => {
      const { line } = new Report();
      line((await clusterDown(interruptibleWork(line))) ? "the cluster is down" : "the cluster was not up");
    });
  return command;
}
