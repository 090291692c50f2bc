#!/usr/bin/env node
// Runs on any Node from 20 on: installs the npm dependencies if they are missing, then goes on in the Node that they
// bring. What is named on the command line is a dynenv command, or with `--exec` a program of theirs.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, "node_modules", "node", "bin", "node");

// npm writes this file last: without it an installation was cut short.
if (!existsSync(join(root, "node_modules", ".package-lock.json")) || !existsSync(node)) {
  process.stderr.write("installing npm dependencies ...\n");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    process.stderr.write("npm dependencies could not be installed: see npm's message above, then try again\n");
    process.exit(3);
  }
}

const child = spawn(node, [join(root, "cli", "dynenv.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
// A terminal sends its interrupts to both processes; this one only waits for the other's exit code.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
}
child.on("exit", (code) => process.exit(code ?? 1));
