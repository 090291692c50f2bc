import { Command, CommanderError } from "commander";
import { exitCodes, Failure } from "../local/failure.ts";
import { fileFailure, requireTemporaryFolder } from "../local/fileFailure.ts";
import { SettingError } from "../stacks/settingError.ts";
import { exitWith } from "./exit.ts";

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
  .showHelpAfterError("(add --help for usage)")
  .hook("preAction", requireTemporaryFolder);
for (const command of loaded) program.addCommand(command);
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
