import { Command, CommanderError } from "commander";
import { exitCodes, Failure } from "../foundation/failure.ts";
import { fileFailure, requireTemporaryFolder } from "../foundation/fileFailure.ts";
import { SettingError } from "../foundation/settingError.ts";
import { door } from "./process/door.ts";
import { EndedWith } from "./process/exit.ts";
import { usageError } from "./process/usageError.ts";

/** Only the one that is asked for is loaded. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => (await import("./commands/run.ts")).runCommand(),
  up: async () => (await import("./commands/up.ts")).upCommand(),
  down: async () => (await import("./commands/down.ts")).downCommand(),
  test: async () => (await import("./commands/test.ts")).testCommand(),
  start: async () => (await import("./commands/start.ts")).startCommand(),
  diagnose: async () => (await import("./commands/diagnose.ts")).diagnoseCommand(),
  report: async () => (await import("./commands/report.ts")).reportCommand(),
  logs: async () => (await import("./commands/logs.ts")).logsCommand(),
  exec: async () => (await import("./commands/exec.ts")).execCommand(),
  open: async () => (await import("./commands/open.ts")).openCommand(),
  list: async () => (await import("./commands/list.ts")).listCommand(),
  reap: async () => (await import("./commands/reap.ts")).reapCommand(),
  release: async () => (await import("./commands/release.ts")).releaseCommand(),
  rollback: async () => (await import("./commands/rollback.ts")).rollbackCommand(),
  render: async () => (await import("./commands/render.ts")).renderCommand(),
  diff: async () => (await import("./commands/diff.ts")).diffCommand(),
  env: async () => (await import("./commands/env.ts")).envCommand(),
  cluster: async () => (await import("./commands/cluster.ts")).clusterCommand(),
};
/**
 * The command line as a function.
 * @param words what follows the program's name.
 * @returns the exit code, after what went wrong was told.
 */
export async function main(words: string[]): Promise<number> {
  try {
    const program = await programFor(words);
    await program.parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    return exitCodeOf(error, words);
  }
}

async function programFor([wanted = ""]: string[]): Promise<Command> {
  const program = new Command("dynenv")
    .description("Dynamic environments for Kubernetes: one Pulumi stack for each CI run.")
    .hook("preAction", requireTemporaryFolder);
  const load = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
  const loads = load === undefined ? Object.values(commands) : [load];
  for (const command of await Promise.all(loads.map((load) => load()))) program.addCommand(command);
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((parent) => parent.commands),
  ]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: door.pass, writeErr: door.tell, outputError: () => undefined });
  }
  return program;
}

/** Tells an error. @returns what the process ends with. */
export function exitCodeOf(thrown: unknown, words: string[]): number {
  if (thrown instanceof EndedWith) return thrown.exitCode;
  const error = usageError(thrown, words) ?? fileFailure(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const isExpected = error instanceof Failure || error instanceof SettingError;
  // Of a mistake of ours those who can correct it need to see where it is.
  door.tell(isExpected ? error.message : ((error as Error).stack ?? String(error)), "dynenv: ");
  return error instanceof Failure ? error.exitCode : isExpected ? exitCodes.usage : exitCodes.broken;
}
