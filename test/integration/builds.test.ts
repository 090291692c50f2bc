import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { buildImage } from "../../local/plugins/imageBuild.ts";
import { adminKubeconfig, shell } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "build-"));
const server = createServer((_, response) => response.end("it is reached"));

beforeAll(async () => {
  server.listen(0);
  await once(server, "listening");
  vi.stubEnv("DOCKER_HOST", shell.DOCKER_HOST);
  // The base image is in the cluster's registry.
  vi.stubEnv("DOCKER_CONFIG", join(dirname(adminKubeconfig), "docker-config"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true });
});

/** An address of this machine's that others know it by. */
function ownAddress(): string {
  const outside = Object.entries(networkInterfaces()).filter(([name]) => !/^(lo|dynenv)/.test(name));
  const addresses = outside.flatMap(([, all]) => all ?? []);
  return addresses.find(({ family }) => family === "IPv4")?.address ?? "";
}

/** Where slirp4netns would have the host's own 127.0.0.1. */
const loopback = "10.0.2.2";

/** Without the device there is no way out of builds. */
const hasWayOut = existsSync("/dev/net/tun");

it(
  "builds with BuildKit, and reaches what the host reaches, but not its loopback address",
  { timeout: 60_000 },
  async () => {
    expect(ownAddress()).not.toBe("");
    const { port } = server.address() as AddressInfo;
    // What BuildKit prints of the command itself must not be taken for its output.
    const asks = (address: string) =>
      `fetch('http://${address}:${String(port)}/', { signal: AbortSignal.timeout(5000) })` +
      `.then((answer) => answer.text(), () => 'no answer').then((text) => console.log('from', '${address}:', text))`;
    const lines = [ownAddress(), loopback].map((address) => `node -e "${asks(address)}"`);
    const dockerfile = join(folder, "Dockerfile");
    const base = shell.DYNENV_BASE_IMAGE ?? "";
    writeFileSync(dockerfile, `FROM ${base}\nRUN --mount=type=tmpfs,target=/mnt ${lines.join(" && ")}\n`);
    const printed: string[] = [];
    const build = { context: folder, dockerfile, platform: "linux/amd64" };
    await buildImage(
      { imageName: "localhost/build:test", skipPush: true, build },
      {
        secrets: [],
        cancelSignal: AbortSignal.timeout(50_000),
        onLine: (line) => printed.push(line),
      },
    );
    const output = printed.join("\n");
    expect(output).toContain(`from ${ownAddress()}: ${hasWayOut ? "it is reached" : "no answer"}`);
    expect(output).toContain(`from ${loopback}: no answer`);
  },
);
