import { Command, CommanderError } from "commander";
import { exitCodes, Failure } from "../local/failure.ts";
import { fileFailure, requireTemporaryFolder } from "../local/fileFailure.ts";
import { SettingError } from "../stacks/settingError.ts";
import { exitWith } from "./exit.ts";
import { door } from "./output/door.ts";
import { usageError } from "./usageError.ts";

/** Only the one that is asked for is loaded. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import("./commands/run.ts")).runCommand(),
  up: async () => (await import("./commands/up.ts")).upCommand(),
  down: async () => (await import("./commands/down.ts")).downCommand(),
  test: async () => (await import("./commands/test.ts")).testCommand(),
  diagnose: async () => (await import("./commands/diagnose.ts")).diagnoseCommand(),
  list: async () => (await import("./commands/list.ts")).listCommand(),
  reap: async () => (await import("./commands/reap.ts")).reapCommand(),
  env: async () => (await import("./commands/env.ts")).envCommand(),
  cluster: async () => (await import("./commands/cluster.ts")).clusterCommand(),
};
const wanted = Object.entries(commands).find(([name]) => name === process.argv[2])?.[1];
const loaded = await Promise.all((wanted ? [wanted] : Object.values(commands)).map((load) => load()));

const program = new Command("dynenv")
  .description("Dynamic environments for Kubernetes: one Pulumi stack for each CI run.")
  .hook("preAction", requireTemporaryFolder);
for (const command of loaded) program.addCommand(command);
for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap((parent) => parent.commands),
]) {
  command
    .exitOverride()
    .configureOutput({ writeOut: door.pass, writeErr: door.tell, outputError: () => undefined });
}

door.whenBroken(unlessUnread);
process.on("uncaughtException", (error) => {
  void exitWith(exitCodeOf(error));
});

try {
  await program.parseAsync();
  await exitWith(0);
} catch (error) {
  await exitWith(exitCodeOf(error));
}

function exitCodeOf(thrown: unknown): number {
  const error = usageError(thrown, process.argv.slice(2)) ?? fileFailure(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const isExpected = error instanceof Failure || error instanceof SettingError;
  // Of a mistake of ours those who can correct it need to see where it is.
  door.tell(isExpected ? error.message : ((error as Error).stack ?? String(error)), "dynenv: ");
  return error instanceof Failure ? error.exitCode : isExpected ? exitCodes.usage : exitCodes.broken;
}

/** A terminal that was closed, or a pipe that nobody reads, must not keep a cleanup from its end. */
function unlessUnread(error: NodeJS.ErrnoException): void {
  if (!["EIO", "EPIPE"].includes(error.code ?? "")) throw error;
}
