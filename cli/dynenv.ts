import { Command, CommanderError } from "commander";
import { exitCodes, Failure } from "../local/failure.ts";
import { fileFailure, requireTemporaryFolder } from "../local/fileFailure.ts";
import { SettingError } from "../stacks/settingError.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { diagnoseCommand } from "./commands/diagnose.ts";
import { downCommand } from "./commands/down.ts";
import { envCommand } from "./commands/env.ts";
import { listCommand } from "./commands/list.ts";
import { reapCommand } from "./commands/reap.ts";
import { runCommand } from "./commands/run.ts";
import { testCommand } from "./commands/test.ts";
import { upCommand } from "./commands/up.ts";
import { exitWith } from "./exit.ts";

const program = new Command("dynenv")
  .description("Dynamic environments for Kubernetes: one Pulumi stack for each CI run.")
  .addCommand(runCommand())
  .addCommand(upCommand())
  .addCommand(downCommand())
  .addCommand(testCommand())
  .addCommand(diagnoseCommand())
  .addCommand(listCommand())
  .addCommand(reapCommand())
  .addCommand(envCommand())
  .addCommand(clusterCommand())
  .showHelpAfterError("(add --help for usage)")
  .hook("preAction", requireTemporaryFolder);
for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap((parent) => parent.commands),
]) {
  command.exitOverride();
}

for (const stream of [process.stdout, process.stderr]) stream.on("error", unlessUnread);

try {
  await program.parseAsync();
  await exitWith(0);
} catch (error) {
  await exitWith(exitCodeOf(error));
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitCodes.usage;
  const error = fileFailure(thrown) ?? thrown;
  if (!(error instanceof Failure || error instanceof SettingError)) throw error;
  process.stderr.write(`dynenv: ${error.message}\n`);
  return error instanceof Failure ? error.exitCode : exitCodes.usage;
}

/** A terminal that was closed, or a pipe that nobody reads, must not keep a cleanup from its end. */
function unlessUnread(error: NodeJS.ErrnoException): void {
  if (!["EIO", "EPIPE"].includes(error.code ?? "")) throw error;
}
