import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { named } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import { contentHash } from "../../rendering/content.ts";
import { environmentFiles, isEnvironmentFile, secretsFile } from "../../rendering/files.ts";
import { clientEnvironment, environmentFor, findCluster, type Cluster } from "../access/connect.ts";
import { gatewayVariables } from "../environment/gatewayVariables.ts";
import { identify, identityVariables, type Run } from "../environment/identity.ts";
import { door } from "../process/door.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { stackOutputs } from "../pulumi/pulumi.ts";
import { configuredSetting } from "../pulumi/pulumiProject.ts";
import { namedLock, withLock } from "../release/lockSource.ts";
import { renderedProgram } from "../release/renderedProgram.ts";
import { Report } from "../view/report.ts";
import type { Work } from "../../foundation/work.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { requireFolder } from "./outputFile.ts";

export function renderCommand(): Command {
  return identityOptions(new Command("render"))
    .description(
      "write what an environment consists of as plain YAML, which kubectl creates in the order of the files' names; Secrets are made by a script",
    )
    .option("--from-lock <release>", "of a release: its version, or the file of its lock")
    .option("--output <folder>", "folder that takes the files (default: rendered/STACK)")
    .option("--context <name>", "context of the kubeconfig to use")
    .option(
      "--config <key=value...>",
      "settings: those of dynenv by their names, the program's own as project:key=value",
      [],
    )
    .action(render);
}

interface RenderOptions extends IdentityOptions {
  fromLock?: string;
  output?: string;
  context?: string;
  config: string[];
}

async function render(options: RenderOptions): Promise<void> {
  const work = interruptibleWork(new Report().line);
  const lock = options.fromLock === undefined ? undefined : await namedLock(options.fromLock, work.signal);
  const run = identify({ ...options, ...(lock && { commit: lock.commit, ref: lock.ref }) });
  const folder = resolve(options.output ?? join("rendered", run.stack));
  await requireFolder("--output", folder);
  const stale = await ownFilesIn(folder);
  const cluster = await findCluster(options.context);
  const rendering = (own: Record<string, string>) => renderedWith(run, lock, { cluster, own }, options, work);
  const { manifests } = await (lock === undefined ? rendering({}) : withLock(lock, rendering));
  const files = environmentFiles(manifests);
  await mkdir(folder, { recursive: true });
  await Promise.all(stale.map((name) => rm(join(folder, name))));
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: name === secretsFile ? 0o755 : 0o644 });
  door.pass(`${String(Object.keys(files).length)} files in ${folder}, ${contentHash(manifests)}`);
}

async function renderedWith(
  run: Run,
  lock: ReleaseLock | undefined,
  { cluster, own }: { cluster: Cluster | undefined; own: Record<string, string> },
  { config: given }: RenderOptions,
  work: Work,
) {
  const { stack } = run;
  const isGiven = lock !== undefined || configuredSetting(stack, given, "images") !== undefined;
  const shell = cluster === undefined ? {} : await clientEnvironment(cluster);
  const gateway = cluster === undefined ? {} : await gatewayVariables(shell, stack, work.progress, given);
  const env = { ...shell, ...gateway, ...identityVariables(run), ...own };
  const images = isGiven ? undefined : await deployedImages(stack, cluster, work);
  return renderedProgram({ stack, given, env, ...(images && { images }), signal: work.signal });
}

/** Those of the environment that is there, since nothing is built. */
async function deployedImages(
  stack: string,
  cluster: Cluster | undefined,
  work: Work,
): Promise<Record<string, string>> {
  const env = await environmentFor(cluster, work);
  const { images } = await stackOutputs<{ images?: Record<string, string> }>(stack, { env, ...work });
  if (images !== undefined) return images;
  throw new Failure(
    "usage",
    `stack ${stack} has no environment whose images are known: deploy it first, or give a release by --from-lock`,
  );
}

/** @returns the files that an earlier run left there. @throws where the folder has others, too. */
async function ownFilesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  const own = await Promise.all(files.map((name) => isOwn(name, join(folder, name))));
  const foreign = files.find((_, index) => own[index] === false);
  if (foreign === undefined) return files;
  throw new Failure(
    "usage",
    `folder ${named(folder)} has ${named(foreign)}, which dynenv render did not write: name another folder by --output`,
  );
}

/** Whether a file is one of those that are written: its name alone could be that of anybody's. */
async function isOwn(name: string, path: string): Promise<boolean> {
  if (name !== secretsFile && !/^\d-[a-z]+-.*\.yaml$/.test(name)) return false;
  const text = await readFile(path, "utf8").catch(() => "");
  return isEnvironmentFile(name, text);
}
