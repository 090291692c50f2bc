import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

/** Runs work with a private Docker configuration that holds one registry's credentials, and removes it afterwards. */
export async function withDockerConfig<T>(
  { server, username, password }: Credentials,
  work: (env: { DOCKER_CONFIG: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "docker-config-"));
  folders.add(folder);
  try {
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    // Written here and not by `docker login`, which would choose the desktop's key store for an empty configuration.
    const config = JSON.stringify({ auths: { [server]: { auth } } });
    await writeFile(join(folder, "config.json"), config, { mode: 0o600, flag: "wx" });
    return await work({ DOCKER_CONFIG: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
    folders.delete(folder);
  }
}
