import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";

const extensions = [
  ...[".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"],
  ...[".py", ".go", ".cs", ".java", ".yaml", ".yml"],
];
/** More than any program of an environment has; a folder with more of them is not looked through to its end. */
const mostFiles = 2000;
const mostBytes = 1_000_000;

/** Texts of a Pulumi program's own files, in any language. */
export function* sourcesOf(folder: string): Generator<string> {
  const waiting = [folder];
  let read = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory() && isOfProgram(entry.name)) waiting.push(path);
      if (!entry.isFile() || !extensions.includes(extname(entry.name))) continue;
      if (++read > mostFiles) return;
      if (statSync(path).size <= mostBytes) yield readFileSync(path, "utf8");
    }
  }
}

/** Neither what was installed, nor what tools keep for themselves. */
function isOfProgram(folder: string): boolean {
  return !folder.startsWith(".") && !["node_modules", "venv", "vendor", "__pycache__"].includes(folder);
}
