import type { Server } from "node:http";
import { once } from "node:events";
import { mkdir, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { execa } from "execa";
import { ConfigBuilder, runServer } from "verdaccio";
import { packageName, packed } from "./foreignRepository.ts";

/** A registry of packages on this machine. */
export interface NpmRegistry extends AsyncDisposable {
  url: string;
}

/** Starts a registry that has this project's package; all others come from the one that npm is set to. */
export async function npmRegistry(folder: string): Promise<NpmRegistry> {
  await mkdir(folder);
  const upstream = { url: await npmSetting("registry"), ...(await connection()) };
  const config = ConfigBuilder.build({ storage: join(folder, "storage"), self_path: folder })
    .addUplink("upstream", upstream)
    .addPackageAccess(packageName, { access: "$all", publish: "$all" })
    .addPackageAccess("**", { access: "$all", proxy: "upstream" })
    .addLogger({ type: "stdout", format: "pretty", level: "error" });
  const server = (await runServer(config.getConfig())) as Server;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  await publish(folder, url);
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Anybody may publish there, but npm does so with a token only. */
async function publish(folder: string, url: string): Promise<void> {
  const token = `--${url.slice("http:".length)}:_authToken=none`;
  const file = await packed(folder);
  await execa("npm", ["publish", file, "--ignore-scripts", "--registry", url, token], { cwd: folder });
}

/** How npm gets to its registry here: with authorities of its own, else with those of the system. */
async function connection(): Promise<{ ca: string; https_proxy?: string }> {
  const [authorities, proxy] = await Promise.all([npmSetting("cafile"), npmSetting("https-proxy")]);
  const ca =
    authorities === "null" ? getCACertificates("system").join("\n") : await readFile(authorities, "utf8");
  return { ca, ...(proxy !== "null" && { https_proxy: proxy }) };
}

async function npmSetting(key: string): Promise<string> {
  return (await execa("npm", ["config", "get", key])).stdout;
}
