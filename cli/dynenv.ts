import { Command, CommanderError } from "commander";
import { exitCodes, Failure } from "../local/failure.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { envCommand } from "./commands/env.ts";
import { runCommand } from "./commands/run.ts";
import { testCommand } from "./commands/test.ts";

const program = new Command("dynenv")
  .description("Dynamic environments for Kubernetes: one Pulumi stack for each CI run.")
  .addCommand(runCommand())
  .addCommand(testCommand())
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
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`dynenv: ${error.message}\n`);
  return error.exitCode;
}
