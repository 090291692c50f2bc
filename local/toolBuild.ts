import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "#bundled/execa";
import { Failure } from "../foundation/failure.ts";
import { exists } from "../foundation/files.ts";
import { cacheFolder, projectRoot } from "../foundation/folders.ts";
import { kubernetesProvider, type GoTool } from "./goTools.ts";
import { versionOf } from "./versions.ts";
import { exclusively } from "../foundation/lock.ts";
import { command, during, type Work } from "../foundation/work.ts";

/** Folder of the one build that is under way. */
const building = ".building";

/**
 * Folder with a tool's executables, built from Go modules unless the cache has them. The folder's name holds a hash
 * of all that the build depends on, and it appears only when complete.
 */
export async function builtTool(tool: GoTool, work: Work): Promise<string> {
  const source = sourceOf(tool);
  const folder = join(cacheFolder(), "tools", await toolKey(tool));
  if (await exists(folder)) return folder;
  await requireGo();
  const build = async () => {
    if (!(await exists(folder))) await buildInto(folder, tool, source, work);
  };
  // Whoever shares the cache shares the lock; another build may be the one of Kubernetes.
  const lock = { folder: cacheFolder(), waitAtMostMs: 2 * 3_600_000 };
  await exclusively("tools", "another process builds tools", work, build, lock);
  return folder;
}

async function buildInto(folder: string, tool: GoTool, source: string, work: Work): Promise<void> {
  const output = join(dirname(folder), building);
  // What a build left that was killed.
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const what = `building ${Object.keys(tool.packages).join(", ")} (once, up to ${String(tool.minutes)} min)`;
  try {
    await during(what, work, () =>
      tool === kubernetesProvider
        ? buildProvider(tool, source, output, work)
        : build(tool, source, output, work),
    );
    await rename(output, folder);
  } finally {
    // A compiler that ends may still have written to it.
    await rm(output, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function build(tool: GoTool, source: string, output: string, work: Work): Promise<void> {
  for (const [name, path] of Object.entries(tool.packages)) {
    const flags = `-s -w ${tool.linkerFlags ?? ""}`;
    await go(source, ["build", "-ldflags", flags, "-o", join(output, name), path], work);
  }
}

/** The provider embeds its schema, which its module holds as a file but not as Go source. */
async function buildProvider(tool: GoTool, source: string, output: string, work: Work): Promise<void> {
  const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
  const copy = join(output, "source");
  await cp(source, copy, { recursive: true });
  await go(copy, ["mod", "download", module], work);
  const folder = await go(copy, ["list", "-m", "-f", "{{.Dir}}", module], work);
  const embedded = join(folder, "cmd", "pulumi-resource-kubernetes");
  const schema = JSON.parse(await readFile(join(embedded, "schema.json"), "utf8")) as Record<string, unknown>;
  const versioned = { ...schema, version: versionOf("kubernetes") };
  await writeFile(join(copy, "schema-embed.json"), JSON.stringify(versioned));
  await copyFile(join(embedded, "terraform-mapping.json"), join(copy, "terraform-mapping-embed.json"));
  await build(tool, copy, output, work);
  await rm(copy, { recursive: true });
}

async function go(folder: string, args: string[], { signal }: Work): Promise<string> {
  const env = {
    CGO_ENABLED: "0",
    GOFLAGS: "-mod=readonly -buildvcs=false",
    // An interrupted build leaves files there.
    GOTMPDIR: join(cacheFolder(), "tools", building),
  };
  const explain = (reason: string) =>
    `go ${args[0] ?? ""} in ${folder} failed: ${reason}${/\bdial \w+|TLS handshake/.test(reason) ? "; check the network and GOPROXY, then try again" : ""}`;
  // Its compilers end with it.
  return command("go", args, { cwd: folder, env, signal, interruptsGroup: true }, explain);
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

function sourceOf(tool: GoTool): string {
  return join(projectRoot, "local", "tools", tool.folder);
}

/** Names a tool and all that its build depends on: the same key, the same executables. */
export async function toolKey(tool: GoTool): Promise<string> {
  const source = sourceOf(tool);
  const hash = createHash("sha256").update(JSON.stringify([tool, process.platform, process.arch]));
  for (const file of (await readdir(source)).sort())
    hash.update(file).update(await readFile(join(source, file)));
  return `${Object.keys(tool.packages)[0] ?? tool.folder}-${hash.digest("hex").slice(0, 12)}`;
}
