import { join } from "node:path";
import { execa } from "#bundled/execa";
import { Failure } from "../foundation/failure.ts";
import { exists } from "../foundation/files.ts";
import { cacheFolder, projectRoot, stateFolder } from "../foundation/folders.ts";
import { clusterTools, kubernetesProvider, nodeLanguageHost, pulumi, type GoTool } from "./goTools.ts";
import { builtTool } from "./toolBuild.ts";
import { versionOf } from "./versions.ts";
import { answerOf } from "../foundation/webRequest.ts";
import type { Work } from "../foundation/work.ts";
import { named, oneOf } from "../components/model/index.ts";
import { required } from "../foundation/required.ts";
import { readVariable } from "../foundation/variable.ts";

/** The ways to a tool, in the order in which they are tried; `DYNENV_TOOLS` allows one of them only. */
const ways = ["path", "download", "modules"] as const;
type Way = (typeof ways)[number];

/** Where Pulumi and its plugins are. */
export interface PulumiTools {
  way: Way;
  /** Folders for the front of PATH. */
  folders: string[];
}

const releases = new URL("https://get.pulumi.com");
const reachLimit = 3000;

/** Plugins of the versions that the program's packages need. */
const plugins = {
  kubernetes: versionOf("kubernetes"),
  random: versionOf("random"),
  docker: versionOf("docker"),
};

/** Pulumi from PATH, else downloaded, else built with the project's drop-in providers for random and docker. */
export async function pulumiTools(env: NodeJS.ProcessEnv, work: Work): Promise<PulumiTools> {
  requireNoColons();
  const allowed = allowedWays();
  if (allowed.includes("path") && (await onPath(pulumi)) && (await hasPlugins(env)))
    return { way: "path", folders: [] };
  if (allowed.includes("download")) {
    const folders = await downloaded(env, work);
    if (folders !== undefined) return { way: "download", folders };
  }
  if (allowed.includes("modules")) {
    const built = [];
    for (const tool of [pulumi, nodeLanguageHost, kubernetesProvider])
      built.push(await builtTool(tool, work));
    const local = [join(projectRoot, "local", "tools", "bin"), join(projectRoot, "local", "plugins", "bin")];
    return { way: "modules", folders: [...local, ...built] };
  }
  throw new Failure(
    "unreachable",
    `no Pulumi CLI was found by DYNENV_TOOLS=${allowed.join()}: unset it to try all ways`,
  );
}

/** Folders with the embedded cluster's programs, those of PATH excepted. */
export async function clusterToolFolders(work: Work): Promise<string[]> {
  requireNoColons();
  const allowed = allowedWays();
  const folders = [];
  for (const tool of clusterTools) {
    if (allowed.includes("path") && (await onPath(tool))) continue;
    folders.push(await builtTool(tool, work));
  }
  return folders;
}

/** @throws for a folder that PATH or KUBECONFIG would take for two. */
function requireNoColons(): void {
  const folders = { "move the checkout": projectRoot, "set XDG_CACHE_HOME": cacheFolder() };
  for (const [remedy, folder] of Object.entries({ ...folders, "set XDG_STATE_HOME": stateFolder() }))
    if (folder.includes(":"))
      throw new Failure(
        "usage",
        `folder ${named(folder)} must have no colon in its path, since PATH and KUBECONFIG are lists with colons: ${remedy} to another folder`,
      );
}

function allowedWays(): readonly Way[] {
  const wanted = readVariable("DYNENV_TOOLS");
  return wanted === undefined ? ways : [required("DYNENV_TOOLS", wanted, oneOf(ways, "unset for all"))];
}

/** Whether PATH has all of a tool's programs, in a version that fits. */
async function onPath({ packages, version }: GoTool): Promise<boolean> {
  if (version === undefined) return false;
  const names = Object.keys(packages);
  const found = await Promise.all(names.map((name) => isOnPath(name)));
  if (found.includes(false)) return false;
  const [file = "", ...args] = version.command;
  const { exitCode, stdout } = await execa(file, args, { reject: false });
  return exitCode === 0 && version.pattern.test(stdout);
}

async function isOnPath(name: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return (await execa("sh", ["-c", `command -v ${name}`], { env, reject: false })).exitCode === 0;
}

/** Whether each provider is a plugin that is installed, on PATH, or to be had from the official place. */
async function hasPlugins(env: NodeJS.ProcessEnv): Promise<boolean> {
  const missing = [];
  for (const [name, version] of Object.entries(plugins)) {
    if (!(await isOnPath(`pulumi-resource-${name}`, env))) missing.push([name, version] as const);
  }
  if (missing.length === 0) return true;
  const { stdout } = await execa("pulumi", ["plugin", "ls", "--json"], { env, reject: false });
  const installed = JSON.parse(stdout || "[]") as { name: string; version: string }[];
  const wanted = missing.filter(
    ([name, version]) => !installed.some((p) => p.name === name && p.version === version),
  );
  if (wanted.length === 0) return true;
  if (!(await reachable())) return false;
  for (const [name, version] of wanted) {
    const { exitCode } = await execa("pulumi", ["plugin", "install", "resource", name, version], {
      env,
      reject: false,
    });
    if (exitCode !== 0) return false;
  }
  return true;
}

async function downloaded(env: NodeJS.ProcessEnv, work: Work): Promise<string[] | undefined> {
  const root = join(cacheFolder(), "tools", "pulumi-download");
  if (!(await exists(join(root, "bin", "pulumi"))) && !(await reachable())) return undefined;
  // Loaded only here: it takes a third of a second.
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  try {
    work.progress("downloading the Pulumi CLI ...");
    await PulumiCommand.install({ root });
  } catch {
    return undefined;
  }
  const folders = [join(root, "bin")];
  const path = [...folders, env.PATH].join(":");
  return (await hasPlugins({ ...env, PATH: path })) ? folders : undefined;
}

async function reachable(): Promise<boolean> {
  return answerOf(releases, { method: "HEAD", limit: reachLimit, variables: process.env }).then(
    () => true,
    () => false,
  );
}
