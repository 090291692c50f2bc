import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import { dynenv, adminKubeconfig } from "../integration/shell.ts";
import { languageBases, testedSdks } from "./languageBases.ts";

/**
 * Makes a repository of a stranger's application as docs/own-application.md says. Nothing is committed yet.
 * @param project name of its Pulumi project, since tests share a backend.
 * @param registry what the package is installed from. Default: the file that npm packs.
 */
export async function foreignRepository(
  repository: string,
  branch: string,
  project: string,
  registry?: string,
): Promise<void> {
  const source = join(projectRoot, "test", "foreign");
  const environment = join(repository, "environment");
  await cp(join(source, "app"), repository, { recursive: true });
  await cp(join(source, "environment"), environment, { recursive: true });
  const pulumi = join(environment, "Pulumi.yaml");
  await writeFile(pulumi, (await readFile(pulumi, "utf8")).replace("name: orders", `name: ${project}`));
  await writeFile(join(environment, ".gitignore"), "node_modules/\nPulumi.*.yaml\n");
  await git(repository, "init", "--quiet", "--template=", "--initial-branch", branch);
  const npm = { cwd: environment, env: { npm_config_audit: "false", npm_config_fund: "false" } };
  await execa("npm", ["init", "--yes"], npm);
  await execa("npm", ["pkg", "set", "type=module"], npm);
  const own = registry === undefined ? await packed(environment) : packageName;
  const packages = [own, ...(await testedSdks())];
  const from = registry === undefined ? [] : ["--registry", registry];
  const options = ["--prefer-offline", "--ignore-scripts", "--save-dev", ...from];
  await execa("npm", ["install", ...options, ...packages], npm);
}

export const packageName = "dynamic-environments";

/** Packs the package into a folder. @returns the file as npm takes it there. */
export async function packed(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const args = ["pack", "--workspace", "components", "--pack-destination", folder];
  const { stdout } = await execa("npm", args, { cwd: projectRoot });
  return `./${stdout.trim().split("\n").at(-1) ?? ""}`;
}

/** Commits all that there is. */
export async function commitAll(repository: string): Promise<void> {
  await git(repository, "add", "--all");
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  await git(repository, ...author, "commit", "--quiet", "--message", "Give it an environment");
}

/** What its images and services are made from, where there is no Docker Hub. */
export async function foreignBases(): Promise<Record<string, string>> {
  const [bases, standIns] = await Promise.all([languageBases(), backingStandIns()]);
  return { DYNENV_BASE_IMAGE: bases.node, PYTHON_BASE: bases.python, DYNENV_STAND_INS: standIns };
}

async function backingStandIns(): Promise<string> {
  const args = ["cluster", "images", "--json", "postgres", "redis"];
  const { exitCode, stdout, output } = await dynenv(args, { KUBECONFIG: adminKubeconfig });
  if (exitCode !== 0) throw new Error(`there are no stand-ins: ${output}`);
  return stdout;
}

async function git(repository: string, ...args: string[]): Promise<void> {
  await execa("git", args, { cwd: repository });
}
