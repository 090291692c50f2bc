import { join } from "node:path";
import { projectRoot } from "../foundation/folders.ts";
import type { Work } from "../foundation/work.ts";
import { measure } from "./processes.ts";

/** What `npm start` takes in seconds, once its tools and images are there. */
export async function measureStart({ progress, signal }: Work): Promise<number> {
  // On the cluster of the benchmark, whose images are there.
  const env = process.env as Record<string, string>;
  const command = { file: join(projectRoot, "cli", "dynenv"), args: ["run"], cwd: projectRoot, env };
  signal.throwIfAborted();
  const { exitCode, seconds, output } = await measure(command);
  if (exitCode !== 0) progress(`npm start ended with ${String(exitCode)}:\n${output}`);
  return exitCode === 0 ? seconds : Number.POSITIVE_INFINITY;
}
