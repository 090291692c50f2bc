import { Command, CommanderError } from "commander";
import { exitCodes, Failure } from "../local/failure.ts";
import { SettingError } from "../stacks/settingError.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { downCommand } from "./commands/down.ts";
import { envCommand } from "./commands/env.ts";
import { listCommand } from "./commands/list.ts";
import { reapCommand } from "./commands/reap.ts";
import { runCommand } from "./commands/run.ts";
import { testCommand } from "./commands/test.ts";
import { upCommand } from "./commands/up.ts";

const program = new Command("dynenv")
  .description("Dynamic environments for Kubernetes: one Pulumi stack for each CI run.")
  .addCommand(runCommand())
  .addCommand(upCommand())
  .addCommand(downCommand())
  .addCommand(testCommand())
  .addCommand(listCommand())
  .addCommand(reapCommand())
  .addCommand(envCommand())
  .addCommand(clusterCommand())
  .showHelpAfterError("(add --help for usage)");
for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap((parent) => parent.commands),
]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  // At once: a request that nobody waits for any more would keep the process.
  process.exit(exitCodeOf(error));
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (!(error instanceof Failure || error instanceof SettingError)) throw error;
  process.stderr.write(`dynenv: ${error.message}\n`);
  return error instanceof Failure ? error.exitCode : exitCodes.usage;
}
