import { execa, ExecaError } from "execa";

export interface DockerRun {
  /** The command, where not the first docker on PATH is meant. */
  file?: string;
  args: string[];
  env?: Record<string, string>;
  stdin?: string;
  cancelSignal: AbortSignal;
  onLine?: (line: string) => void;
}

/** A docker command that failed; `output` is its last lines. */
export class DockerFailure extends Error {
  override readonly name = "DockerFailure";
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

const LAST_LINES = 40;
const OUT_OF_REACH =
  /cannot connect to the docker daemon|error during connect|permission denied.*docker.*sock/i;

/** Runs the docker command and returns its output; its environment adds to this process's own. */
export async function docker({
  file = "docker",
  args,
  env,
  stdin,
  cancelSignal,
  onLine,
}: DockerRun): Promise<string> {
  const lines: string[] = [];
  try {
    const input = stdin === undefined ? { stdin: "ignore" as const } : { input: stdin };
    const run = execa(file, args, { all: true, cancelSignal, ...(env && { env }), ...input });
    for await (const line of run.iterable({ from: "all" })) {
      lines.push(line);
      if (line.trim() !== "") onLine?.(line);
    }
  } catch (error) {
    throw explain(error, args[0] ?? "", lines);
  }
  return lines.join("\n");
}

function explain(error: unknown, command: string, lines: string[]): Error {
  if (!(error instanceof ExecaError)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === "ENOENT") return new Error("docker was not found on PATH: install the Docker CLI");
  if (error.isCanceled) return new Error(`docker ${command} was cancelled`);
  const output = lines
    .filter((line) => line.trim() !== "")
    .slice(-LAST_LINES)
    .join("\n");
  if (OUT_OF_REACH.test(output)) {
    const host = process.env.DOCKER_HOST ?? "its default address";
    return new Error(`the Docker daemon at ${host} cannot be reached: start it or set DOCKER_HOST`);
  }
  return new DockerFailure(`docker ${command} failed with exit code ${String(error.exitCode)}`, output);
}
