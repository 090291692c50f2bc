import { Command } from "commander";
import { EnvironmentKind, listed, stackForm } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { required } from "../../foundation/required.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { configuredSetting } from "../pulumi/pulumiProject.ts";
import { namedLock } from "../release/lockSource.ts";
import { deployedRelease } from "../release/deployedRelease.ts";
import { missingMigrations } from "../release/migrations.ts";
import { Report } from "../view/report.ts";
import { deployTo, type UpOptions } from "./up.ts";

export function rollbackCommand(): Command {
  return new Command("rollback")
    .description("deploy an earlier release to a standing environment, and tell the branch stable of it")
    .requiredOption("--stack <name>", "name of its stack")
    .requiredOption("--to <release>", "version of the release, or the file of its lock")
    .option(
      "--despite-migrations",
      "although what runs has changed the data in ways that the earlier release does not know",
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .option(
      "--config <key=value...>",
      "settings: those of dynenv by their names, the program's own as project:key=value",
      [],
    )
    .option("--json", "print the outputs, and what was done, as JSON")
    .action(rollback);
}

interface RollbackOptions extends UpOptions {
  stack: string;
  to: string;
  despiteMigrations?: true;
}

async function rollback({ to, despiteMigrations, ...options }: RollbackOptions): Promise<void> {
  const { stack, config } = options;
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  required("--stack", stack, stackForm);
  if (configuredSetting(stack, config, "kind") !== EnvironmentKind.standing)
    throw new Failure(
      "usage",
      `stack ${stack} is not a standing environment, so that there is nothing to roll back: deploy a release to it by \`dynenv up --from-lock ${to} --stack ${stack}\``,
    );
  const [target, present] = await Promise.all([
    namedLock(to, work.signal),
    deployedRelease(stack, work.signal),
  ]);
  const missing = present === undefined ? [] : missingMigrations(present, target);
  if (missing.length > 0) {
    const told = `release ${target.version} does not know ${listed(missing)}, which release ${present?.version ?? ""} has run on the data of ${stack}`;
    if (despiteMigrations !== true)
      throw new Failure("broken", `${told}: undo them first, or accept it by --despite-migrations`);
    report.line(`${told}: it is deployed all the same`);
  }
  await deployTo(options, target, report, work);
}
