import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "#bundled/execa";
import { Failure } from "../foundation/failure.ts";
import { exists } from "../foundation/files.ts";
import { cacheFolder, projectRoot } from "../foundation/folders.ts";
import { kubernetesProvider, traefik, type GoTool } from "./goTools.ts";
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
    const complete = completions.get(tool);
    await during(what, work, () =>
      complete === undefined
        ? build(tool, source, output, work)
        : buildCompleted(tool, source, output, complete, work),
    );
    await keepFiles(tool, source, output, work);
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

type Completion = (copy: string, work: Work) => Promise<void>;

/** Builds a copy of the source, with what its modules lack or hold too much of. */
async function buildCompleted(
  tool: GoTool,
  source: string,
  output: string,
  complete: Completion,
  work: Work,
): Promise<void> {
  const copy = join(output, "source");
  await cp(source, copy, { recursive: true });
  await complete(copy, work);
  await build(tool, copy, output, work);
  await rm(copy, { recursive: true });
}

const completions = new Map<GoTool, Completion>([
  [kubernetesProvider, embedSchema],
  [traefik, omitDnsProviders],
]);

/** The provider embeds its schema, which its module holds as a file but not as Go source. */
async function embedSchema(copy: string, work: Work): Promise<void> {
  const folder = await moduleFolder("github.com/pulumi/pulumi-kubernetes/provider/v4", copy, work);
  const embedded = join(folder, "cmd", "pulumi-resource-kubernetes");
  const schema = JSON.parse(await readFile(join(embedded, "schema.json"), "utf8")) as Record<string, unknown>;
  const versioned = { ...schema, version: versionOf("kubernetes") };
  await writeFile(join(copy, "schema-embed.json"), JSON.stringify(versioned));
  await copyFile(join(embedded, "terraform-mapping.json"), join(copy, "terraform-mapping-embed.json"));
}

/** A third of Traefik's packages are the DNS providers of its certificates' library, which the cluster has no use for. */
async function omitDnsProviders(copy: string, work: Work): Promise<void> {
  const source = await moduleFolder("github.com/go-acme/lego/v5", join(copy, "dns"), work);
  const providers = join(source, "providers", "dns");
  const lego = join(copy, "lego");
  const isProvider = (path: string) => path.startsWith(`${providers}/`);
  await cp(source, lego, { recursive: true, filter: (path) => !isProvider(path) });
  // What lies in Go's cache may not be written to, and neither may its copy.
  const folder = join(lego, "providers", "dns");
  await chmod(folder, 0o755);
  await rename(join(copy, "dns", "providers.go.txt"), join(folder, "providers.go"));
}

async function keepFiles({ files }: GoTool, source: string, output: string, work: Work): Promise<void> {
  if (files === undefined) return;
  const folder = await moduleFolder(files.module, source, work);
  const texts = await Promise.all(files.paths.map((path) => readFile(join(folder, path), "utf8")));
  await writeFile(join(output, files.as), texts.join("---\n"));
}

/** Folder of a module in Go's cache, whatever replaces it. */
async function moduleFolder(module: string, folder: string, work: Work): Promise<string> {
  await go(folder, ["mod", "download", module], work);
  return go(folder, ["list", "-m", "-f", "{{.Dir}}", module], work);
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

function pathOf({ parentPath, name }: Dirent): string {
  return join(parentPath, name);
}

function byPath(one: Dirent, other: Dirent): number {
  return pathOf(one) < pathOf(other) ? -1 : 1;
}

/** Names a tool and all that its build depends on: the same key, the same executables. */
export async function toolKey(tool: GoTool): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([tool, process.platform, process.arch]));
  const entries = await readdir(sourceOf(tool), { recursive: true, withFileTypes: true });
  for (const entry of entries.sort(byPath))
    if (entry.isFile()) hash.update(entry.name).update(await readFile(pathOf(entry)));
  return `${Object.keys(tool.packages)[0] ?? tool.folder}-${hash.digest("hex").slice(0, 12)}`;
}
