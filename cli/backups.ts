import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { projectRoot } from "../local/folders.ts";
import { pulumi, type PulumiRun } from "./pulumi.ts";

/**
 * Removes what backends keep of a stack that is no more, with its encrypted secrets: `destroy --remove` leaves the last
 * state and its backups, a write that was cut off a temporary file. Pulumi Cloud keeps nothing that could be removed.
 * @param isUnknown whether the stack was gone already; else Pulumi has just removed it with what it knows of.
 */
export async function removeBackups(stack: string, isUnknown: boolean, run: PulumiRun): Promise<void> {
  const url = run.env.PULUMI_BACKEND_URL ?? process.env.PULUMI_BACKEND_URL ?? "";
  if (url.startsWith("file:///")) await removeFiles(stack, fileURLToPath(url));
  else if (isUnknown && /^(s3|gs|azblob|postgres):/.test(url)) await removeByPulumi(stack, run);
}

async function removeFiles(stack: string, backend: string): Promise<void> {
  const { name } = parse(await readFile(join(projectRoot, "Pulumi.yaml"), "utf8")) as { name: string };
  const within = (kind: string) => join(backend, ".pulumi", kind, name);
  const states = await readdir(within("stacks")).catch(() => []);
  // The name of one stack may begin with that of another, but not with `.json.` after it.
  const remains = states.filter((file) => file.startsWith(`${stack}.json.`));
  const paths = [
    ...remains.map((file) => join(within("stacks"), file)),
    ...["backups", "history"].map((kind) => join(within(kind), stack)),
  ];
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}

/** Only a stack that exists can be removed with its backups. */
async function removeByPulumi(stack: string, run: PulumiRun): Promise<void> {
  await pulumi(["stack", "init", "--stack", stack], run);
  await pulumi(["stack", "rm", "--yes", "--remove-backups", "--stack", stack], run);
}
