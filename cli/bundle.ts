import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "rolldown";

// Writes what package.json names `#kubernetes`. `cli/install` runs it after each installation.
const folder = join(import.meta.dirname, "generated");
const { output } = await build({
  input: join(import.meta.dirname, "kubernetes.ts"),
  platform: "node",
  write: false,
  output: { minify: true },
});
await mkdir(folder, { recursive: true });
const file = join(folder, "kubernetes.js");
// Where two do at once, none reads half of it.
const part = `${file}.${String(process.pid)}`;
await writeFile(part, output[0].code);
await rename(part, file);
