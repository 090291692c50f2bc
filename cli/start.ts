#!/usr/bin/env node
// What the installed package runs as `dynenv`. In this repository the shell script `dynenv` does the same.
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "../foundation/folders.ts";

// Node keeps the compiled code, of this process and of those that it starts: half of the time to start.
process.env.NODE_COMPILE_CACHE ??= join(cacheFolder(), "node");
if (process.env.NODE_COMPILE_CACHE !== "") enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import("./dynenv.ts");
