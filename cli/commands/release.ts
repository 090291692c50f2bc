import { Command } from "commander";
import { requireVersion } from "../../foundation/releaseLock.ts";
import { kubeConfig } from "../access/clusterAccess.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import { identify } from "../environment/identity.ts";
import { door } from "../process/door.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { makeRelease } from "../release/makeRelease.ts";
import { lockPath, stableBranch } from "../release/stableBranch.ts";
import { Report } from "../view/report.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";

export function releaseCommand(): Command {
  return identityOptions(new Command("release"))
    .description(
      "make a release of an environment that passed its tests: its lock, from which it can be made again, on the branch stable",
    )
    .argument("<version>", "name of the release, such as 1.4.0")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--json", "print the lock as JSON")
    .action(release);
}

async function release(
  version: string,
  options: IdentityOptions & { context?: string; json?: true },
): Promise<void> {
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  requireVersion(version);
  const run = identify(options);
  const env = await environmentFor(await requireCluster(options.context), work);
  const lock = await makeRelease(version, run, kubeConfig(env), { env, ...work });
  if (options.json) door.passJson(lock);
  else
    door.pass(
      [
        `release ${version} of commit ${lock.commit.slice(0, 12)}, tested in ${lock.environment}: ${String(Object.keys(lock.images).length)} images by digest`,
        `its lock is ${lockPath(version)} on the branch ${stableBranch}; \`dynenv up --from-lock ${version} --stack NAME\` deploys it`,
      ].join("\n"),
    );
}
