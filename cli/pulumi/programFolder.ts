import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { named } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { repositoryRoot } from "../../foundation/repository.ts";
import { sourcesOf } from "./programSources.ts";

/** By where they were looked for: a run asks often, and none ever moves. */
const known = new Map<string, string>();

/**
 * Folder of the Pulumi project that a command works on: `environment` with a Pulumi.yaml, or the folder itself, in the one
 * where dynenv was called or in those above, up to the root of the repository.
 * @throws where there is none, or one whose program is not made of this package: somebody's infrastructure.
 */
export function programFolder(start = process.cwd()): string {
  const folder = known.get(start) ?? found(start);
  known.set(start, folder);
  return folder;
}

function found(start: string): string {
  // Outside of a repository nobody says how far up a folder still belongs to the project.
  const root = repositoryRoot(start) ?? start;
  const folder = foldersUpTo(root, start)
    .flatMap((one) => [join(one, "environment"), one])
    .find((one) => existsSync(join(one, "Pulumi.yaml")));
  if (folder === undefined)
    throw new Failure(
      "usage",
      `no Pulumi project is in ${named(start)}${start === root ? "" : ` or above, up to ${named(root)}`}: call dynenv in a repository that has environment/Pulumi.yaml`,
    );
  if (folder !== projectRoot && !mentionsPackage(folder))
    throw new Failure(
      "usage",
      `the program of ${named(join(folder, "Pulumi.yaml"))} does not use dynamic-environments, so it may be somebody's infrastructure: it stays as it is; call dynenv in a repository whose program does`,
    );
  return folder;
}

/** `folder` and all above it, up to `root`. */
function foldersUpTo(root: string, folder: string): string[] {
  if (folder === root || folder === dirname(folder)) return [folder];
  return [folder, ...foldersUpTo(root, dirname(folder))];
}

/** The package as programs in any language call it. */
const packageName = /dynamic[-_]environments/;

/** Whether one of a program's own files names the package. Whoever installed it alone has not used it yet. */
function mentionsPackage(folder: string): boolean {
  return sourcesOf(folder).some((text) => packageName.test(text));
}
