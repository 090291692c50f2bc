#!/usr/bin/env node
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { node } from "./install.mjs";

const program = fileURLToPath(new URL("./dynenv.ts", import.meta.url));
const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: "inherit" });
// A terminal sends its interrupts to both processes; this one passes on the others and waits for the exit code.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
