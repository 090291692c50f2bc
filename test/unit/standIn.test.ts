import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { standInOf } from "../../local/images.ts";

const folder = join(projectRoot, "local", "images", "service");

type Program = ChildProcessByStdio<null, Readable, null>;

const running: Program[] = [];
const listening: Server[] = [];

afterEach(() => {
  for (const program of running.splice(0)) program.kill("SIGKILL");
  for (const server of listening.splice(0)) server.close();
});

interface Started {
  program: Program;
  line: string;
  port: number;
}

async function start(args: string[], healthPath: string, env: Record<string, string> = {}): Promise<Started> {
  const program = spawn(process.execPath, [join(folder, "server.mjs"), ...args], {
    env: { STAND_IN_SERVICE: "carts", STAND_IN_PORT: "0", STAND_IN_HEALTH_PATH: healthPath, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(program);
  const [line] = (await once(createInterface(program.stdout), "line")) as [string];
  return { program, line, port: Number(/\d+$/.exec(line)?.[0]) };
}

async function get(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
    signal: AbortSignal.timeout(5000),
  });
  const { status, headers } = response;
  return {
    status,
    standIn: headers.get("x-stand-in"),
    type: headers.get("content-type"),
    text: await response.text(),
  };
}

async function statuses(port: number): Promise<[string, string][]> {
  const { health } = JSON.parse((await get(port, "/health")).text) as {
    health: { service: string; status: string; time: string }[];
  };
  for (const { time } of health) expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(10_000);
  return health.map(({ service, status }) => [service, status]);
}

async function listen(): Promise<number> {
  const server = createServer();
  listening.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const port = await listen();
  listening.pop()?.close();
  return port;
}

/** A client that may lose its connection. */
async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" }).on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

describe("a stand-in for a service with HTTP", () => {
  it("reports itself and each dependency as Sock Shop does, with 200 also when one is down", async () => {
    const { port } = await start(["-jar", "./app.jar", "--port=0"], "/health", {
      STAND_IN_PORT: "1",
      CARTS_DB_ADDRESS: `127.0.0.1:${String(await listen())}`,
      SESSION_DB_ADDRESS: `127.0.0.1:${String(await closedPort())}`,
      USER_ADDRESS: "nowhere",
    });
    expect(await get(port, "/health")).toMatchObject({
      status: 200,
      standIn: "carts",
      type: "application/json; charset=utf-8",
    });
    expect(await statuses(port)).toEqual([
      ["carts", "OK"],
      ["carts-db", "OK"],
      ["session-db", "err"],
      ["user", "err"],
    ]);
  });

  it("answers within a second when a dependency's packets get lost", async () => {
    // An address for documentation (RFC 5737), which nobody has.
    const { port } = await start(["-port=0"], "/health", { CARTS_DB_ADDRESS: "192.0.2.1:27017" });
    const asked = Date.now();
    expect(await statuses(port)).toContainEqual(["carts-db", "err"]);
    expect(Date.now() - asked).toBeLessThan(1000);
  });

  it("has a page where the service is probed at one", async () => {
    const { port } = await start([], "/");
    const page = await get(port, "/?from=probe");
    expect(page).toMatchObject({ status: 200, standIn: "carts", type: "text/html; charset=utf-8" });
    expect(page.text).toContain("<h1>Stand-in for carts</h1>");
    expect(await statuses(port)).toEqual([["carts", "OK"]]);
  });

  it("has nothing else", async () => {
    const { port } = await start([], "/health");
    for (const path of ["/", "/carts/1", "/health/", "/user"]) {
      const { status, standIn, text } = await get(port, path);
      expect([status, standIn, JSON.parse(text)]).toEqual([404, "carts", { error: "not found" }]);
    }
  });

  it("says at its start what it is, and ends at SIGTERM even with open connections", async () => {
    const { program, line, port } = await start([], "/health");
    expect(line).toBe(`stand-in for carts: HTTP on port ${String(port)}`);
    await connected(port);
    program.kill("SIGTERM");
    expect(await once(program, "exit")).toEqual([0, null]);
  });
});

describe("a stand-in for any other service", () => {
  it("keeps connections open, says nothing, and ends at SIGTERM", async () => {
    const { program, line, port } = await start(["--save", "", "--appendonly", "no"], "");
    expect(line).toBe(`stand-in for carts: TCP on port ${String(port)}`);
    const kept = await connected(port);
    kept.write("PING\r\n");
    const ended = await connected(port);
    await once(ended.end("PING\r\n").resume(), "close");
    expect([ended.bytesRead, kept.bytesRead, kept.readyState]).toEqual([0, 0, "open"]);
    program.kill("SIGTERM");
    expect(await once(program, "exit")).toEqual([0, null]);
  });

  it("survives a client that vanishes", async () => {
    const { port } = await start([], "");
    const client = await connected(port);
    await once(client.resetAndDestroy(), "close");
    await connected(port);
  });
});

describe("every service of the shop", () => {
  it.each(sockShop.services.map((service) => [service.name, service] as const))(
    "has a stand-in: %s",
    (_name, service) => {
      const { folder: own, buildArguments } = standInOf(service);
      const dockerfile = readFileSync(join(own, "Dockerfile"), "utf8");
      const programs = Array.from(dockerfile.matchAll(/^COPY \S+ (\S+)$/gm), ([, path = ""]) => path);
      const [entryPoint = ""] = /(?<=^ENTRYPOINT \[").*(?="\]$)/m.exec(dockerfile) ?? [];
      expect(programs).toContain(startedBy(service.command) ?? entryPoint);
      for (const name of Object.keys(buildArguments)) expect(dockerfile).toContain(`\nARG ${name}\n`);
    },
  );

  it("shares a stand-in exactly with those whose published image it shares", () => {
    const standIns = sockShop.services.map(standInOf);
    const distinct = new Set(standIns.map((standIn) => JSON.stringify(standIn)));
    expect(distinct.size).toBe(new Set(standIns.map(({ image }) => image)).size);
  });

  it("is told where to listen and how it is probed", () => {
    const told = sockShop.services.map((service) => [service.name, standInOf(service).buildArguments]);
    expect(Object.fromEntries(told)).toMatchObject({
      "front-end": { SERVICE: "front-end", PORT: "8079", HEALTH_PATH: "/" },
      carts: { SERVICE: "carts", PORT: "8080", HEALTH_PATH: "/health" },
      "carts-db": { SERVICE: "mongo", PORT: "27017", HEALTH_PATH: "" },
      "session-db": { SERVICE: "redis", PORT: "6379", HEALTH_PATH: "" },
      catalogue: {},
    });
  });
});

/** Path of the program that a command starts, which a shell may do; programs without a path are looked up in PATH. */
function startedBy(command: string[] | undefined): string | undefined {
  if (command === undefined) return undefined;
  const [program = ""] = /(?<=exec )\S+/.exec(command.join(" ")) ?? command;
  return program.startsWith("/") ? program : `/usr/local/bin/${program}`;
}
