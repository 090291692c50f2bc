import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, type Work } from "../foundation/work.ts";

/** The embedded cluster's registry and build daemon. */
export interface ImageAccess {
  registry: string;
  username: string;
  password: string;
  dockerHost: string;
  /** Folder that outlives the cluster. */
  folder: string;
  /** Folder that goes with it. */
  run: string;
}

/** Where that login is. */
export function loginFile(access: ImageAccess): string {
  return join(access.run, "docker-config", "config.json");
}

/** Keeps the login for the programs that bring images. */
export async function writeLogin(access: ImageAccess): Promise<void> {
  const auth = Buffer.from(`${access.username}:${access.password}`).toString("base64");
  await mkdir(join(access.run, "docker-config"), { recursive: true, mode: 0o700 });
  await writeFile(loginFile(access), JSON.stringify({ auths: { [access.registry]: { auth } } }), {
    mode: 0o600,
  });
}

/** Runs a program that brings images, with the cluster's daemon and login. */
export async function run(
  file: string,
  access: ImageAccess,
  { signal }: Work,
  args: string[],
): Promise<string> {
  const env = { DOCKER_HOST: access.dockerHost, DOCKER_CONFIG: join(access.run, "docker-config") };
  const explain = (reason: string) => `${file} ${args[0] ?? ""} failed while providing images: ${reason}`;
  return command(file, args, { env, signal }, explain);
}
