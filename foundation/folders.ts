import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(import.meta.url);

/** Root of this project, or of its built files where it is installed as a package. */
export const projectRoot = dirname(dirname(here));

/** How this command line is called again from where it was: an installed one may be in any folder of a repository. */
export const commandName = calledAs(process.argv[1] ?? "");

function calledAs(script: string): string {
  if (here.endsWith(".ts")) return "./cli/dynenv";
  // Some package managers make a link of it, others a script that starts Node with the file's path.
  const [root = ""] = script.split("/node_modules/", 1);
  const executable = join(root, "node_modules", ".bin", "dynenv");
  return existsSync(executable) ? relative(process.cwd(), executable) : "npx --no -- dynenv";
}

/** What can be made again: tools and images, shared by all checkouts. */
export function cacheFolder(): string {
  return join(baseFolder(process.env.XDG_CACHE_HOME, ".cache"), "dynenv");
}

/** What one user keeps: clusters with their images, and the state of stacks where no backend is named. */
export function stateFolder(): string {
  return join(baseFolder(process.env.XDG_STATE_HOME, ".local/state"), "dynenv");
}

/**
 * Name of the embedded cluster, and of its network namespace and link. It derives from the checkout, so that two
 * checkouts never share a cluster; `DYNENV_CLUSTER` adds to it, so that tests have one of their own.
 */
export function clusterName(): string {
  const identity = `${projectRoot}\0${process.env.DYNENV_CLUSTER ?? ""}`;
  return `dynenv-${createHash("sha256").update(identity).digest("hex").slice(0, 8)}`;
}

/**
 * An XDG base folder; an empty or relative variable counts as unset (XDG Base Directory Specification): what is kept must
 * not lie in whatever folder this is called in.
 */
function baseFolder(named = "", fallback: string): string {
  if (isAbsolute(named)) return named;
  return join(isAbsolute(homedir()) ? homedir() : userInfo().homedir, fallback);
}
