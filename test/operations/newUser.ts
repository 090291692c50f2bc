import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa, type Options } from "execa";
import { inject } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import { uniqueName } from "../integration/shell.ts";

/** A moment's folder whose name holds what shells, URLs and configuration files give a meaning to. */
export async function oddFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "Grüße it's $HOME "));
}

/** Runs `work` in such a folder and removes it, whatever happens. */
export async function inOddFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await oddFolder();
  await work(folder).finally(() => rm(folder, { recursive: true, force: true }));
}

/**
 * Variables of somebody who has set none: no cluster is up or named, CI says nothing, and what is kept lies in
 * `folder`, but for the tools.
 */
export function newUser(folder: string): Record<string, string> {
  const shell = inject("shell");
  const inherited = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !(name in shell) && !/^(CI|KUBE|PULUMI|GIT(HUB|LAB)?)_/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(inherited),
    PATH: process.env.PATH ?? "",
    XDG_STATE_HOME: join(folder, "state"),
    DYNENV_CLUSTER: uniqueName("none"),
  };
}

/** Name of the only embedded cluster of such a user, and the folder of what it is while it is up. */
export async function clusterOf(folder: string): Promise<{ name: string; run: string }> {
  const clusters = join(folder, "state", "dynenv", "clusters");
  const [name = ""] = await readdir(clusters);
  return { name, run: join(clusters, name, "run") };
}

export interface Trial {
  exitCode: number | undefined;
  output: string;
  /** What it ended with. */
  sentence: string;
}

/** Runs a program with these variables and no others. Its output is no terminal. */
export async function tried(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  cwd = projectRoot,
): Promise<Trial> {
  const options = { cwd, env, extendEnv: false, reject: false, all: true, input: "" } satisfies Options;
  const { exitCode, all } = await execa(file, args, options);
  return { exitCode, output: all, sentence: lastLine(all) };
}

/** A folder for PATH with nothing but these programs, of which those that there are not are left out. */
export async function pathOf(folder: string, programs: string[]): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const program of programs) {
    const { stdout } = await execa("sh", ["-c", `command -v ${program}`], { reject: false });
    if (stdout !== "") await symlink(stdout, join(bin, program));
  }
  return bin;
}

/** Files below `folder`, but for Node's compiled code. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !dirname(path).includes("/dynenv/node/"));
}
