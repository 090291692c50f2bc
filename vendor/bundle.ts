import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { writeWhole } from "../foundation/files.ts";
import { projectRoot } from "../foundation/folders.ts";

// Writes the package that package.json names `#bundled`: a file for each in `packages/`, and what they share.
// `cli/install` runs it after each installation.
const sources = join(import.meta.dirname, "packages");
const input = (await readdir(sources)).map((file) => join(sources, file));
await using bundle = await rolldown({ input, platform: "node" });
const { output } = await bundle.generate({ minify: true });
const chunks = output.filter((file) => file.type === "chunk");
const facts = { name: "@dynenv/bundled", type: "module" };
const folder = join(projectRoot, "node_modules", facts.name);
// For all who use this checkout, like the other packages.
await mkdir(folder, { recursive: true });
const write = async (name: string, text: string) => writeWhole(join(folder, name), text, 0o666);
await write("package.json", JSON.stringify(facts));
// What the entries share comes before them: an entry that is there can be loaded.
const inOrder = chunks.sort((a, b) => Number(a.isEntry) - Number(b.isEntry));
for (const { fileName, code } of inOrder) await write(fileName, code);
