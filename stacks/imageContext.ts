import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkoutRoot, ignoredFiles, submodules } from "../foundation/checkout.ts";
import { Dockerignore } from "../foundation/dockerignore.ts";

/** Files that git ignores and the build of an image does not, so that they get into what a commit's tag names. */
export function ignoredInImage(context: string): string[] {
  if (!existsSync(context) || checkoutRoot(context) === undefined) return [];
  const rules = dockerignoreOf(context);
  return ["", ...submodules(context)].flatMap((repository) =>
    ignoredFiles(join(context, repository), (folder) => rules.ignoresWholly(join(repository, folder)))
      .map((path) => join(repository, path))
      .filter((path) => !rules.ignores(path.replace(/\/$/, "")))
      .map((path) => join(context, path)),
  );
}

/** The rules for a context, as BuildKit looks for them; none where they are wrong, which the build says. */
function dockerignoreOf(context: string): Dockerignore {
  const files = ["Dockerfile.dockerignore", ".dockerignore"].map((name) => join(context, name));
  const file = files.find((path) => existsSync(path));
  try {
    return new Dockerignore(file === undefined ? "" : readFileSync(file, "utf8"));
  } catch {
    return new Dockerignore("");
  }
}
