import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

type Variables = Record<string, string | undefined>;

/** The docker command that builds. */
export interface DockerClient {
  file: string;
  /** Why it builds with the legacy builder, and how to get BuildKit; nothing where it builds with BuildKit. */
  legacy?: string;
}

/** From this version on, the client speaks BuildKit by its plugin buildx alone. */
const needsBuildx = 23;

/**
 * The first docker on PATH that speaks BuildKit, else the first; DOCKER_BUILDKIT=0 chooses the legacy builder.
 * @throws when there is none, or none speaks BuildKit though DOCKER_BUILDKIT asks for it.
 */
export async function chooseClient(env: Variables): Promise<DockerClient> {
  const { PATH = "", DOCKER_BUILDKIT: wanted = "" } = env;
  const [first, ...others] = await executables(PATH.split(":"));
  if (first === undefined) throw new Error("docker was not found on PATH: install the Docker CLI");
  if (/^(0|false|f)$/i.test(wanted))
    return { file: first, legacy: `which DOCKER_BUILDKIT=${wanted} switches off: unset it` };
  for (const file of [first, ...others]) if (await speaksBuildKit(file, env)) return { file };
  const missing = `which ${first} has by its plugin buildx alone: install it (docker-buildx, docker-buildx-plugin)`;
  if (wanted === "") return { file: first, legacy: missing };
  throw new Error(`DOCKER_BUILDKIT=${wanted} asks for BuildKit, ${missing}, or unset DOCKER_BUILDKIT`);
}

async function executables(folders: string[]): Promise<string[]> {
  const files = [...new Set(folders.filter((folder) => folder !== ""))].map((folder) =>
    join(folder, "docker"),
  );
  const found = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => found[index]);
}

async function speaksBuildKit(file: string, env: Variables): Promise<boolean> {
  const options = { env, reject: false, stdin: "ignore" } as const;
  const { stdout } = await execa(file, ["--version"], options);
  const major = Number(/version v?(\d+)\./.exec(stdout)?.[1]);
  if (major < needsBuildx) return true;
  return (await execa(file, ["buildx", "version"], options)).exitCode === 0;
}
