import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import { adminKubeconfig, docker, shell } from "../integration/shell.ts";

const certificates = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Images that take the place of `node` and `python` from Docker Hub: with the package managers of this machine, and with the
 * certificates that it trusts.
 */
export async function languageBases(): Promise<{ node: string; python: string }> {
  const folder = await mkdtemp(join(tmpdir(), "bases-"));
  try {
    const [node, python] = await Promise.all([nodeBase(folder), pythonBase(folder)]);
    return { node, python };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function nodeBase(parent: string): Promise<string> {
  const folder = await context(parent, "node");
  const npm = dirname(dirname(await realpath((await execa("sh", ["-c", "command -v npm"])).stdout)));
  await cp(npm, join(folder, "npm"), { recursive: true });
  return built(folder, "node", [
    `FROM ${shell.DYNENV_BASE_IMAGE ?? ""}`,
    "COPY npm /usr/local/lib/node_modules/npm",
    "RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm",
    `COPY ca.crt ${certificates}`,
    `ENV NODE_EXTRA_CA_CERTS=${certificates} HOME=/tmp`,
  ]);
}

async function pythonBase(parent: string): Promise<string> {
  const archive = join(parent, "python.tar");
  const source = join(projectRoot, "test", "foreign", "python");
  await execa(join(projectRoot, "local", "backing", "build-root.sh"), [archive, source]);
  const root = `${shell.CI_REGISTRY ?? ""}/test/python-root`;
  await docker(["import", archive, root]);
  return built(await context(parent, "python"), "python", [
    `FROM ${root}`,
    `COPY ca.crt ${certificates}`,
    `ENV SSL_CERT_FILE=${certificates} PIP_CERT=${certificates} PIP_BREAK_SYSTEM_PACKAGES=1`,
  ]);
}

/** A folder that is sent to the builder, apart from what others write at the same time. */
async function context(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder);
  await cp(certificates, join(folder, "ca.crt"));
  return folder;
}

async function built(folder: string, name: string, dockerfile: string[]): Promise<string> {
  await writeFile(join(folder, "Dockerfile"), dockerfile.join("\n"));
  const image = `${shell.CI_REGISTRY ?? ""}/test/${name}-base`;
  // With the login of the registry, where the base may be.
  const login = ["--config", join(adminKubeconfig, "..", "docker-config")];
  await docker([...login, "build", "--quiet", "--tag", image, folder]);
  return image;
}

/** Versions of Pulumi's SDKs that are tested, as npm takes them. */
export async function testedSdks(): Promise<string[]> {
  const { dependencies } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const sdks = Object.entries(dependencies).filter(([name]) => name.startsWith("@pulumi/"));
  return sdks.map(([name, version]) => `${name}@${version}`);
}
