import type { Command } from "commander";
import { named, shown } from "../../components/model/index.ts";
import { remoteUrl } from "../../foundation/checkout.ts";
import { Failure } from "../../foundation/failure.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import type { Scope } from "../fleet/survey.ts";
import { ownProject } from "../environment/identity.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import type { Work } from "../../foundation/work.ts";
import { programFolder } from "../pulumi/programFolder.ts";

/** What says which environments are looked at. */
export interface FleetOptions {
  project?: string;
  remote?: string;
  context?: string;
  json?: true;
}

export function fleetOptions(command: Command): Command {
  return command
    .option(
      "--project <path>",
      "project whose environments are ours (default: what CI says, else the name in Pulumi.yaml)",
    )
    .option(
      "--remote <name>",
      "remote of this checkout, or URL, with the project's branches (default: origin)",
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--json", "print it as JSON");
}

export function scopeOf({ project, remote = origin }: FleetOptions): Scope {
  return { project: project ?? ownProject(), remote };
}

const origin = "origin";

/**
 * Whoever names another project must name its repository, too: this one does not have its branches.
 * @throws unless the checkout's own remote leads to the project.
 */
export function requireRemoteOf({ project, remote }: FleetOptions, checkout = programFolder()): void {
  if (project === undefined || remote !== undefined || project === ownProject()) return;
  const url = remoteUrl(checkout, origin) ?? "";
  // `https://host/path.git`, or `git@host:path.git`.
  const path = url.replace(/^[a-z][\w+.-]*:\/\/[^/]*\/|^[^/:]+:/i, "").replace(/(\.git)?\/?$/, "");
  if (path === project) return;
  const where = url === "" ? "this checkout has no remote origin" : `origin leads to ${named(url)}`;
  throw new Failure(
    "usage",
    `--project is ${shown(project)}, but ${where}: name that project's repository with --remote`,
  );
}

export async function fleetRun({ context }: FleetOptions, work: Work): Promise<PulumiRun> {
  return { env: await environmentFor(await requireCluster(context), work), ...work };
}
