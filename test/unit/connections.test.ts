import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";

const run = promisify(execFile);
const nodeModule = ["--input-type=module", "--eval"];
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

/** The program as production renders it, by Node; it has a second. */
async function program(ports: number[]): Promise<string> {
  const source = JSON.stringify(new URL("../../components/model/readiness.ts", import.meta.url).href);
  const services = JSON.stringify(ports.map((port) => ({ name: "localhost", port })));
  const script = `import { connectionsProgram } from ${source}; process.stdout.write(connectionsProgram(${services}, 1))`;
  return (await run(process.execPath, [...nodeModule, script])).stdout;
}

async function ending(text: string) {
  const work = run(process.execPath, [...nodeModule, text]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  const { code, stdout } = await work;
  return { code, stdout };
}

it("a test Job's wait ends once every service takes a connection", async () => {
  const [open, later] = [await listen(), await listen()];
  const text = await program([open, later]);
  servers.pop()?.close();
  const end = ending(text);
  await sleep(300);
  await listen(later);
  expect(await end).toEqual({ code: 0, stdout: "" });
});

it("a test Job's wait ends with the service that takes no connection", async () => {
  const [open, closed] = [await listen(), await listen()];
  const text = await program([open, closed]);
  servers.pop()?.close();
  expect(await ending(text)).toEqual({
    code: 1,
    stdout: `no connection within 1 s to localhost: port ${String(closed)}: ECONNREFUSED: see dynenv diagnose\n`,
  });
});
