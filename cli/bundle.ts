import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "rolldown";
import { projectRoot } from "../local/folders.ts";

// Writes the package that package.json names `#kubernetes`. `cli/install` runs it after each installation.
const { output } = await build({
  input: join(import.meta.dirname, "kubernetes.ts"),
  platform: "node",
  write: false,
  output: { minify: true },
});
const folder = join(projectRoot, "node_modules", "@dynenv", "kubernetes");
await mkdir(folder, { recursive: true });
await write("package.json", JSON.stringify({ name: "@dynenv/kubernetes", type: "module", main: "index.js" }));
await write("index.js", output[0].code);

/** Where two do it at once, none reads half of a file. */
async function write(name: string, text: string): Promise<void> {
  const file = join(folder, name);
  const part = `${file}.${String(process.pid)}`;
  await writeFile(part, text);
  await rename(part, file);
}
