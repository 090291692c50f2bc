import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { connectionsCommand } from "../../components/model/objects/readiness.ts";

const run = promisify(execFile);
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(port = 0): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server.listen(port, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What production runs with `node`. */
function command(ports: number[], within = 1): string[] {
  const services = ports.map((port) => ({ name: "localhost", port }));
  return connectionsCommand(services, within).slice(1);
}

async function ending(args: string[]) {
  const work = run(process.execPath, args).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  const { code, stdout } = await work;
  return { code, stdout };
}

it("a test Job's wait ends once all services take connections", async () => {
  const [open, later] = [await listen(), await listen()];
  const args = command([open, later]);
  servers.pop()?.close();
  const end = ending(args);
  await sleep(300);
  await listen(later);
  expect(await end).toEqual({ code: 0, stdout: "" });
});

it("a test Job's wait begins anew when a service that took a connection takes none", async () => {
  const [open, flapping] = [await listen(), await listen()];
  const args = command([open, flapping], 5);
  let taken = 0;
  servers.at(-1)?.once("connection", () => {
    servers.pop()?.close();
    setTimeout(() => {
      void listen(flapping).then(() => servers.at(-1)?.on("connection", () => taken++));
    }, 300);
  });
  expect(await ending(args)).toEqual({ code: 0, stdout: "" });
  expect(taken).toBe(3);
});

it("a test Job's wait ends with the service that takes no connection", async () => {
  const [open, closed] = [await listen(), await listen()];
  const args = command([open, closed]);
  servers.pop()?.close();
  expect(await ending(args)).toEqual({
    code: 1,
    stdout: `no connection within 1 s to localhost (ECONNREFUSED on port ${String(closed)}); see dynenv diagnose\n`,
  });
});
