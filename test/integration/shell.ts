import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa, type Options } from "execa";
import { inject } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { inventoryOf } from "./inventory.ts";

/** Variables of a CI job's shell in which `eval "$(./cli/dynenv env)"` was run. */
export const shell = inject("shell");

/** The kubeconfig of the cluster's administrator, with which the tests look at the cluster. */
export const adminKubeconfig = inject("adminKubeconfig");
export const admin = { ...shell, KUBECONFIG: adminKubeconfig };

/** Where the stacks' states and locks are: the backend is a folder. */
export const backendFolder = (shell.PULUMI_BACKEND_URL ?? "").replace("file://", "");

export interface Ended {
  exitCode: number | undefined;
  /** Standard output and standard error, in the order in which they came. */
  output: string;
  stdout: string;
}

/** What the names have in them of all that this file's tests make. */
const ownMarks = new Set<string>();

function isOwn(name: string): boolean {
  return [...ownMarks].some((mark) => name.includes(mark));
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  const mark = randomBytes(4).toString("hex");
  ownMarks.add(mark);
  return `${prefix}-${mark}`;
}

/** Counts what bears a fixed name as made by this file's tests. */
export function ownName(name: string): string {
  ownMarks.add(name);
  return name;
}

async function end(command: string, args: string[], options: Options = {}): Promise<Ended> {
  const result = await execa(command, args, {
    cwd: projectRoot,
    env: shell,
    ...options,
    all: true,
    reject: false,
  });
  return {
    exitCode: result.exitCode,
    output: String(result.all),
    stdout: String(result.stdout),
  };
}

async function must(command: string, args: string[], options: Options = {}): Promise<string> {
  const { exitCode, output, stdout } = await end(command, args, options);
  if (exitCode !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${String(exitCode)}:\n${output}`);
  return stdout;
}

/** Runs the Pulumi CLI as a person would, with nothing of dynenv running. */
export function pulumi(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return end("pulumi", [...args, "--non-interactive", "--color", "never"], { env: { ...shell, ...env } });
}

export function dynenv(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return end(join(projectRoot, "cli", "dynenv"), args, { env: { ...shell, ...env } });
}

/** Runs kubectl as the cluster's administrator. @throws when it fails. */
export function kubectl(...args: string[]): Promise<string> {
  return must("kubectl", args, { env: admin });
}

/** Runs kubectl and returns how it ended. */
export function tryKubectl(...args: string[]): Promise<Ended> {
  return end("kubectl", args, { env: admin });
}

/** Runs kubectl with a text as its standard input. */
export function kubectlWith(input: string, ...args: string[]): Promise<Ended> {
  return end("kubectl", args, { env: admin, input });
}

export async function kubectlApply(...objects: object[]): Promise<Ended> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  return kubectlWith(JSON.stringify(list), "create", "-f", "-");
}

/** Runs the docker CLI. @throws when it fails. */
export function docker(args: string[], options: Options = {}): Promise<string> {
  return must("docker", args, options);
}

/**
 * The stacks of this file's tests, whatever others run beside them, by their files: Pulumi reads all states for a list,
 * also those that others write at the moment.
 */
export async function stacks(): Promise<string[]> {
  const folder = join(backendFolder, ".pulumi", "stacks", "dynenv");
  const files = await readdir(folder).catch(() => []);
  return files.flatMap((file) => /^(.+)\.json(\.gz)?$/.exec(file)?.[1] ?? []).filter(isOwn);
}

/** What there is of this file's tests: objects of the cluster, stacks, and files of settings. */
export async function remains(): Promise<string[]> {
  const [objects, known, files] = await Promise.all([inventoryOf(admin), stacks(), readdir(projectRoot)]);
  const settings = files.filter((file) => /^Pulumi\..+\.yaml$/.test(file));
  return [...objects.filter(isOwn), ...known.map((stack) => `stack ${stack}`), ...settings.filter(isOwn)];
}
