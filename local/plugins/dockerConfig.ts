import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isObject } from "./values.ts";

export interface Credentials {
  server: string;
  username: string;
  password: string;
}

const folders = new Set<string>();
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

/**
 * Runs work with a private Docker configuration, and removes it afterwards: the user's own, with its other logins, helpers,
 * contexts and plugins, and the given login.
 */
export async function withDockerConfig<T>(
  credentials: Credentials,
  work: (env: { DOCKER_CONFIG: string }) => Promise<T>,
): Promise<T> {
  const { DOCKER_CONFIG: ownFolder = "" } = process.env;
  const own = resolve(ownFolder === "" ? join(homedir(), ".docker") : ownFolder);
  const folder = await mkdtemp(join(tmpdir(), "docker-config-"));
  folders.add(folder);
  try {
    // Written here and not by `docker login`, which would choose the desktop's key store for an empty configuration.
    const config = withLogin(await configIn(own), credentials);
    await writeFile(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600, flag: "wx" });
    for (const name of await readdir(own).catch(() => []))
      if (name !== "config.json") await symlink(join(own, name), join(folder, name));
    return await work({ DOCKER_CONFIG: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
    folders.delete(folder);
  }
}

/** The configuration with a login, which counts before what a helper may know of that registry. */
export function withLogin(config: object, { server, username, password }: Credentials): object {
  const { auths, credHelpers, credsStore } = config as Record<string, unknown>;
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const helpers = isObject(credHelpers) ? credHelpers : {};
  const hasHelpers = credsStore !== undefined || Object.keys(helpers).length > 0;
  return {
    ...config,
    auths: { ...(isObject(auths) && auths), [server]: { auth } },
    // Without a name, Docker asks no helper, and reads the login above.
    ...(hasHelpers && { credHelpers: { ...helpers, [server]: "" } }),
  };
}

async function configIn(folder: string): Promise<object> {
  const file = join(folder, "config.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw new Error(`the Docker configuration ${file} cannot be read (${code}): correct its permissions`);
  }
  try {
    const config = JSON.parse(text) as unknown;
    if (isObject(config)) return config;
  } catch {
    // Told below.
  }
  throw new Error(`the Docker configuration ${file} is not a JSON object: correct it, or log in again`);
}
