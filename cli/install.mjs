// Runs on any Node from 20 on: installs the npm dependencies when they are missing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node that the dependencies bring: one version, whatever the machine has. */
export const node = join(root, "node_modules", "node", "bin", "node");

// npm writes this file last: without it an installation was cut short.
if (!existsSync(join(root, "node_modules", ".package-lock.json")) || !existsSync(node)) {
  process.stderr.write("installing npm dependencies ...\n");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    process.stderr.write(
      "dynenv: npm dependencies could not be installed: see npm's message above, then try again\n",
    );
    process.exit(3);
  }
}
