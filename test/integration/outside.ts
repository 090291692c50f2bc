import { once } from "node:events";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { clusterName } from "../../foundation/folders.ts";

/** Addresses that stand for what is outside of the cluster; all of them answer on ports 80 and 443. */
export const outside = {
  /** Where clouds answer with credentials of the node. */
  metadata: "169.254.169.254",
  /** A server in the internet (RFC 5737). */
  internet: "203.0.113.7",
  /** A server that one service may call (RFC 5737). */
  supplier: "198.51.100.7",
};

const name = `${clusterName()}-out`;
const node = "192.0.2.1";
const beyond = "192.0.2.2";

/**
 * A network namespace behind the sandbox's, which pods reach through the node as they reach everything outside.
 * @returns what ends it; its link goes with it.
 */
export async function startOutside(): Promise<() => Promise<void>> {
  const sandbox = clusterName();
  await ip("netns", "add", name);
  let server: ReturnType<typeof listen> | undefined;
  const end = async () => {
    server?.kill();
    await server;
    await ip("netns", "del", name);
  };
  try {
    const link = ["link", "add", "eth0", "netns", name];
    await ip(...link, "type", "veth", "peer", "name", "outside", "netns", sandbox);
    await ip("-n", sandbox, "addr", "add", `${node}/24`, "dev", "outside");
    await ip("-n", sandbox, "link", "set", "outside", "up");
    await ip("-n", name, "addr", "add", `${beyond}/24`, "dev", "eth0");
    await ip("-n", name, "link", "set", "eth0", "up");
    await ip("-n", name, "link", "set", "lo", "up");
    await ip("-n", name, "route", "add", "default", "via", node);
    for (const address of Object.values(outside)) {
      await ip("-n", name, "addr", "add", `${address}/32`, "dev", "lo");
      await ip("-n", sandbox, "route", "add", address, "via", beyond);
    }
    server = listen();
    await once(createInterface(server.stdout), "line");
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

function listen() {
  const program = `
    const listen = (port) => new Promise((resolve) =>
      require("node:net").createServer((socket) => socket.on("error", () => {}).end()).listen(port, resolve));
    Promise.all([80, 443].map(listen)).then(() => console.log("listening"));`;
  const args = ["netns", "exec", name, process.execPath, "--eval", program];
  return execa("ip", args, { reject: false, buffer: false });
}

async function ip(...args: string[]): Promise<void> {
  await execa("ip", args);
}
