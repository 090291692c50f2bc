import type { Command } from "commander";
import { environmentFor, requireCluster } from "../access/connect.ts";
import type { Scope } from "../fleet/survey.ts";
import { ownProject } from "../environment/identity.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import type { Work } from "../../foundation/work.ts";

/** What says which environments are looked at. */
export interface FleetOptions {
  project?: string;
  remote: string;
  context?: string;
  json?: true;
}

export function fleetOptions(command: Command): Command {
  return command
    .option(
      "--project <path>",
      "project whose environments are ours (default: what CI says, else the name in Pulumi.yaml)",
    )
    .option("--remote <name>", "remote of this checkout, or URL, with the project's branches", "origin")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--json", "print it as JSON");
}

export function scopeOf({ project, remote }: FleetOptions): Scope {
  return { project: project ?? ownProject(), remote };
}

export async function fleetRun({ context }: FleetOptions, work: Work): Promise<PulumiRun> {
  return { env: await environmentFor(await requireCluster(context), work), ...work };
}
