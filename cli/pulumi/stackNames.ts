import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Failure } from "../../foundation/failure.ts";
import { command } from "../../foundation/work.ts";
import { backendFolders } from "./fileBackend.ts";
import { commandError } from "./commandErrors.ts";
import type { PulumiRun } from "./pulumi.ts";
import { programFolder } from "./programFolder.ts";

const tries = 5;
const tryAgainAfter = 500;

/**
 * Names of the project's stacks in the backend. `pulumi stack ls` loads the state of each, more than 1 MB of memory for
 * an environment; a folder, where a backend is one, tells the names alone.
 */
export async function stackNames(run: PulumiRun): Promise<string[]> {
  const folders = backendFolders(run.env);
  return folders === undefined ? listedStacks(run) : stacksIn(folders.stacks);
}

async function stacksIn(folder: string): Promise<string[]> {
  try {
    return stackFiles(await readdir(folder));
  } catch (error) {
    // Before the first stack there is no folder for them.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new Failure(
      "unreachable",
      `the backend's folder ${folder} cannot be read: ${(error as Error).message}`,
    );
  }
}

/** The stacks among the files of a backend, beside which lie backups, attributes and tags. */
export function stackFiles(files: string[]): string[] {
  const names = files.map((file) => /^([\w.-]+)\.json(\.gz|\.zst)?$/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

async function listedStacks({ env, signal }: PulumiRun): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const explain = (reason: string) => `the stacks cannot be listed: ${commandError(reason) ?? reason}`;
      const options = { env, cwd: programFolder(), signal };
      return namesIn(
        await command("pulumi", ["stack", "ls", "--json", "--non-interactive"], options, explain),
      );
    } catch (error) {
      if (attempt === tries || !isHalfWritten(error)) throw error;
      await sleep(tryAgainAfter);
    }
  }
}

/** Whether a list failed on a state that another run was just writing. */
function isHalfWritten(error: unknown): boolean {
  return error instanceof Failure && /\bEOF\b|unexpected end of JSON/.test(error.message);
}

/** Stacks that Pulumi lists; those of another organization have its name before them. */
export function namesIn(listed: string): string[] {
  const stacks = z.array(z.object({ name: z.string() })).parse(JSON.parse(listed));
  return stacks.map(({ name }) => name.slice(name.lastIndexOf("/") + 1)).sort();
}
