import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "rolldown";
import { writeWhole } from "../local/files.ts";
import { projectRoot } from "../local/folders.ts";

// Writes the package that package.json names `#kubernetes`. `cli/install` runs it after each installation.
const { output } = await build({
  input: join(import.meta.dirname, "kubernetes.ts"),
  platform: "node",
  write: false,
  output: { minify: true },
});
const facts = { name: "@dynenv/kubernetes", type: "module", main: "index.js" };
const folder = join(projectRoot, "node_modules", facts.name);
// For all who use this checkout, like the other packages.
await mkdir(folder, { recursive: true });
await writeWhole(join(folder, "package.json"), JSON.stringify(facts), 0o666);
await writeWhole(join(folder, facts.main), output[0].code, 0o666);
