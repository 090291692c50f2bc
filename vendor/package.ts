// Writes what the package `dynamic-environments` consists of into a folder: its JavaScript, bundled but for Pulumi's SDKs, of
// which a program may have one copy alone, its types, and the files from which it builds an embedded cluster.
// npm runs it before it packs: `npm pack --workspace components`.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { rolldown } from "rolldown";
import { projectRoot } from "../foundation/folders.ts";

const target = join(projectRoot, "components", "dist");

/** By the names of their files. */
const entries = {
  index: "components/index.ts",
  model: "components/model/index.ts",
  stacks: "stacks/index.ts",
  tuning: "tuning/lazyModules.ts",
  plugin: "components/plugin/plugin.ts",
  dynenv: "cli/start.ts",
  render: "rendering/main.ts",
  docker: "local/plugins/docker.ts",
  random: "local/plugins/random.ts",
};

await rm(target, { recursive: true, force: true });
await Promise.all([writeCode(), writeTypes(), copyFiles()]);

async function writeCode(): Promise<void> {
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, path]) => [name, join(projectRoot, path)]),
  );
  await using bundle = await rolldown({ input, platform: "node", external: /^@pulumi\// });
  // In a folder of its own: sources look for files beside the folder that they are in.
  const js = join(target, "js");
  await bundle.write({ dir: js, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  const programs = join(projectRoot, "components", "readiness");
  for (const file of (await readdir(programs)).filter((name) => name.endsWith(".mjs")))
    await cp(join(programs, file), join(js, file));
  await cp(join(projectRoot, "components", "services", "probe"), join(js, "probe"), { recursive: true });
}

async function writeTypes(): Promise<void> {
  const compiler = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const config = join(projectRoot, "vendor", "tsconfig.json");
  await promisify(execFile)(process.execPath, [compiler, "-p", config, "--outDir", join(target, "types")]);
}

async function copyFiles(): Promise<void> {
  const local = join(projectRoot, "local");
  // All but its own sources, which are bundled; those of images go into images.
  const isBundled = (name: string) => name.endsWith(".ts") || name === "plugins";
  for (const name of (await readdir(local)).filter((name) => !isBundled(name)))
    await cp(join(local, name), join(target, "local", name), { recursive: true });
  await cp(join(projectRoot, "components", "schema.json"), join(target, "schema.json"));
  // What the embedded cluster takes versions from.
  const { type, version, dependencies } = JSON.parse(
    await readFile(join(projectRoot, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  await writeFile(join(target, "package.json"), JSON.stringify({ type, version, dependencies }));
  const [from, to] = [join(local, "plugins", "bin"), join(target, "local", "plugins", "bin")];
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const script = await readFile(join(from, name), "utf8");
    const built = script.replace(/\/\.\.\/(\w+)\.ts"/, '/../../../js/$1.js"');
    if (built === script) throw new Error(`${join(from, name)} calls no source`);
    await writeFile(join(to, name), built, { mode: 0o755 });
  }
}
