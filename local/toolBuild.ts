import { createHash } from "node:crypto";
import { access, copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { Failure } from "./failure.ts";
import { cacheFolder, projectRoot } from "./folders.ts";
import { kubernetesProvider, type GoTool } from "./goTools.ts";
import { exclusively } from "./lock.ts";
import { during, type Progress } from "./progress.ts";

/**
 * Folder with a tool's executables, built from Go modules unless the cache has them. The folder's name holds a hash
 * of all that the build depends on, and it appears only when complete.
 */
export async function builtTool(tool: GoTool, progress: Progress): Promise<string> {
  const source = join(projectRoot, "local", "tools", tool.folder);
  const names = Object.keys(tool.packages);
  const folder = join(cacheFolder(), "tools", `${names[0] ?? tool.folder}-${await buildKey(tool, source)}`);
  if (await exists(folder)) return folder;
  await requireGo();
  const wait = () => {
    progress(`another process builds tools: waiting for it ...`);
  };
  await exclusively("dynenv-tools", wait, async () => {
    if (!(await exists(folder))) await buildInto(folder, tool, source, progress);
  });
  return folder;
}

async function buildInto(folder: string, tool: GoTool, source: string, progress: Progress): Promise<void> {
  const work = join(dirname(folder), ".building");
  // What an interrupted build left.
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const what = `building ${Object.keys(tool.packages).join(", ")} (once, up to ${String(tool.minutes)} min)`;
  await during(what, progress, () =>
    tool === kubernetesProvider ? buildProvider(tool, source, work) : build(tool, source, work),
  );
  await rename(work, folder);
}

async function build(tool: GoTool, source: string, output: string): Promise<void> {
  for (const [name, path] of Object.entries(tool.packages)) {
    const flags = `-s -w ${tool.linkerFlags ?? ""}`;
    await go(source, ["build", "-ldflags", flags, "-o", join(output, name), path]);
  }
}

/** The provider embeds its schema, which its module holds as a file but not as Go source. */
async function buildProvider(tool: GoTool, source: string, output: string): Promise<void> {
  const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
  const work = join(output, "source");
  await cp(source, work, { recursive: true });
  await go(work, ["mod", "download", module]);
  const folder = await go(work, ["list", "-m", "-f", "{{.Dir}}", module]);
  const embedded = join(folder, "cmd", "pulumi-resource-kubernetes");
  const schema = JSON.parse(await readFile(join(embedded, "schema.json"), "utf8")) as Record<string, unknown>;
  await writeFile(join(work, "schema-embed.json"), JSON.stringify({ ...schema, version: "4.25.0" }));
  await copyFile(join(embedded, "terraform-mapping.json"), join(work, "terraform-mapping-embed.json"));
  await build(tool, work, output);
  await rm(work, { recursive: true });
}

async function go(folder: string, args: string[]): Promise<string> {
  const env = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false" };
  const result = await execa("go", args, { cwd: folder, env, reject: false });
  if (result.exitCode === 0) return result.stdout;
  const reason = result.stderr.trim().split("\n").at(-1) ?? "";
  throw new Failure("unreachable", `go ${args[0] ?? ""} in ${folder} failed: ${reason}`);
}

async function requireGo(): Promise<void> {
  const { exitCode } = await execa("go", ["version"], { reject: false });
  if (exitCode !== 0) {
    throw new Failure(
      "unreachable",
      "tools must be built but Go is not on PATH: install Go 1.26 or later and try again",
    );
  }
}

async function buildKey(tool: GoTool, source: string): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([tool, process.platform, process.arch]));
  for (const file of (await readdir(source)).sort())
    hash.update(file).update(await readFile(join(source, file)));
  return hash.digest("hex").slice(0, 12);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
