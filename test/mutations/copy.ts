import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";

/** Copies the checkout as it is into a folder, with its dependencies linked. */
export async function copyCheckout(folder: string): Promise<void> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await execa("git", list, { cwd: projectRoot });
  for (const path of stdout.split("\0").filter((one) => one !== "" && existsSync(join(projectRoot, one)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(projectRoot, path), join(folder, path), { verbatimSymlinks: true });
  }
  linkDependencies(folder);
  // Some tests look at the checkout that they are in.
  const git = (...args: string[]) => execa("git", args, { cwd: folder });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  await git(...author, "commit", "--quiet", "--message=The checkout as it is");
}

/** Each on its own: what is linked to a folder of the checkout has to lead to that of the copy. */
function linkDependencies(folder: string): void {
  const [from, to] = [join(projectRoot, "node_modules"), join(folder, "node_modules")];
  mkdirSync(to);
  for (const name of readdirSync(from).filter((one) => !one.startsWith(".vite"))) {
    const path = join(from, name);
    symlinkSync(lstatSync(path).isSymbolicLink() ? readlinkSync(path) : path, join(to, name));
  }
}
