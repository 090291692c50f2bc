import { execFile } from "node:child_process";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  readinessArgument,
  readinessCommand,
  readinessTargets,
} from "../../components/model/objects/readiness.ts";
import { reportOf } from "../../components/readiness/report.ts";
import type { ReadinessTarget } from "../../components/readiness/target.ts";
import { waitUntilReady } from "../../components/readiness/untilReady.ts";
import { service } from "../unit/randomServices.ts";

const run = promisify(execFile);
const servers: (Server | TcpServer)[] = [];

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

interface Answer {
  status: number;
  body: string;
}

/** A server that answers each path as told, all others with 404. */
function http(answers: Record<string, Answer | (() => Answer)>): Promise<number> {
  return listen(
    createHttpServer((request, response) => {
      const answer = answers[request.url ?? ""] ?? { status: 404, body: "" };
      const { status, body } = typeof answer === "function" ? answer() : answer;
      response.writeHead(status, { connection: "close" }).end(body);
    }),
  );
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const target = (name: string, port: number, more: Partial<ReadinessTarget> = {}): ReadinessTarget => ({
  service: name,
  host: "127.0.0.1",
  port,
  ...more,
});

const health = (...status: string[]): Answer => ({
  status: 200,
  body: JSON.stringify({
    health: status.map((text, index) => ({ service: `part-${String(index)}`, status: text })),
  }),
});
const version = (commit: string): Answer => ({ status: 200, body: JSON.stringify({ commit }) });
const byHealth = { healthPath: "/health" };
const byCommit = { ...byHealth, commitPath: "/version", commit: "9dff06f" };

/** What is said in the end of those that do not get ready; nothing where all do. */
async function said(targets: ReadinessTarget[], withinSeconds: number): Promise<string | undefined> {
  const { summary } = reportOf(await waitUntilReady(targets, withinSeconds), withinSeconds);
  return summary === "all services are ready" ? undefined : summary.replace(/; run dynenv.*/, "");
}

describe("waiting until ready", () => {
  it("ends without a word when every target answers as it should", async () => {
    const web = await http({ "/health": health("OK", "ok"), "/version": version("9dff06f") });
    const plainText = await http({ "/health": { status: 200, body: "fine" } });
    const tcp = await listen(createTcpServer());
    const targets = [target("db", tcp), target("text", plainText, byHealth), target("app", web, byCommit)];
    expect(await said(targets, 1)).toBeUndefined();
  });

  it("asks again until a target is ready", async () => {
    let asked = 0;
    const web = await http({ "/health": () => (++asked < 3 ? { status: 503, body: "" } : health("OK")) });
    expect(await said([target("app", web, byHealth)], 5)).toBeUndefined();
    expect(asked).toBe(3);
  });
});

describe("asking the pods of one revision", () => {
  it("takes no answer of others that the Service still reaches, and wants the Service to reach one", async () => {
    const old = await http({ "/health": health("OK"), "/version": version("9dff06f") });
    const sick = await http({ "/health": health("err") });
    const closed = await closedPort();
    const through = (port: number) => ({ pods: { host: "127.0.0.1", port } });
    const targets = [
      target("updated", old, { ...byCommit, ...through(sick) }),
      target("starting", old, through(closed)),
      target("unready", closed, { ...byHealth, ...through(old) }),
    ];
    expect(await said(targets, 0.3)).toBe(
      `not ready within 0.3 s: updated (/health reports that part-0 does not work), starting (port ${String(old)}: ECONNREFUSED), unready (no pod is ready: port ${String(closed)}: ECONNREFUSED)`,
    );
    expect(await said([target("ready", old, { ...byCommit, ...through(old) })], 1)).toBeUndefined();
  });
});

describe("a health page", () => {
  it("that takes ten seconds to name what does not work is heard", async () => {
    const slow = await listen(
      createHttpServer((_request, response) => {
        setTimeout(() => response.end(health("OK", "err").body), 10_000);
      }),
    );
    expect(await said([target("carts", slow, byHealth)], 11)).toMatch(/part-1 does not work/);
  });

  it("that hangs once does not hold up the next question", async () => {
    let asked = 0;
    const web = await listen(
      createHttpServer((_request, response) => {
        if (++asked > 1) response.end(health("OK").body);
      }),
    );
    const start = Date.now();
    expect(await said([target("app", web, byHealth)], 15)).toBeUndefined();
    expect(Date.now() - start).toBeLessThan(8000);
  });

  it.each([301, 302, 307, 308])("is not one that answers %i, wherever it leads to", async (status) => {
    const healthy = await http({ "/health": health("OK") });
    const location = `http://127.0.0.1:${String(healthy)}/health`;
    const web = await listen(
      createHttpServer((_request, response) => response.writeHead(status, { location }).end()),
    );
    expect(await said([target("app", web, byHealth)], 0.3)).toBe(
      `not ready within 0.3 s: app (/health answers ${String(status)} to ${location})`,
    );
  });

  it("of a service with a seed tells that the seed waits for it", async () => {
    const web = await http({ "/health": { status: 503, body: "no tables" } });
    expect(await said([target("app", web, { ...byHealth, isSeeded: true })], 0.3)).toMatch(
      /answers 503; its seed waits until it is ready/,
    );
  });
});

describe("a service of several pods", () => {
  it("is not ready while one of those that answer in turn is not", async () => {
    let asked = 0;
    const port = await http({ "/health": () => health(asked++ % 3 === 2 ? "err" : "OK") });
    const one = target("app", port, byHealth);
    expect(await said([{ ...one, replicas: 3 }], 0.3)).toContain("/health reports that part-0 does not work");
    asked = 0;
    expect(await said([one], 0.3)).toBeUndefined();
  });
});

describe("a health page", () => {
  it("without an end is no health, and takes no memory", async () => {
    const port = await listen(
      createHttpServer((_request, response) => {
        const more = setInterval(() => response.write("x".repeat(100_000)), 1);
        response.on("close", () => {
          clearInterval(more);
        });
      }),
    );
    expect(await said([target("app", port, byHealth)], 0.2)).toContain("its page has more than 1 MB");
  });
});

describe("waiting for what does not become ready", () => {
  it("names every service that is not ready, in the given order, each with its reason", async () => {
    const closed = await closedPort();
    const ready = await http({ "/health": health("OK") });
    const broken = await http({ "/health": { status: 500, body: "" } });
    const sick = await http({ "/health": health("OK", "err") });
    const stale = await http({ "/health": health("OK"), "/version": version("0000000") });
    const targets = [
      target("db", closed),
      target("refused", closed, byHealth),
      target("ready", ready, byHealth),
      target("broken", broken, byHealth),
      target("sick", sick, byHealth),
      target("lost", ready, { healthPath: "/none" }),
      target("stale", stale, byCommit),
    ];
    const reasons = [
      `db (port ${String(closed)}: ECONNREFUSED)`,
      `refused (port ${String(closed)}: ECONNREFUSED)`,
      "broken (/health answers 500)",
      "sick (/health reports that part-1 does not work)",
      "lost (/none answers 404)",
      "stale (/version reports 0000000 instead of 9dff06f)",
    ];
    expect(await said(targets, 0.3)).toBe(`not ready within 0.3 s: ${reasons.join(", ")}`);
    const reversed = `not ready within 0.3 s: ${reasons.toReversed().join(", ")}`;
    expect(await said(targets.toReversed(), 0.3)).toBe(reversed);
  });

  it("asks for the commit only when all dependencies work", async () => {
    const web = await http({ "/health": health("err"), "/version": version("0000000") });
    expect(await said([target("app", web, byCommit)], 0.1)).toBe(
      "not ready within 0.1 s: app (/health reports that part-0 does not work)",
    );
  });

  it("says that a service which accepts and does not answer took too long", async () => {
    const silent = await listen(createTcpServer((socket) => socket.on("error", () => undefined)));
    expect(await said([target("app", silent, byHealth)], 0.1)).toMatch(/health does not answer/);
  });

  it("does not take a failed dependency without a name for a working one", async () => {
    const web = await http({ "/health": { status: 200, body: `{"health": [{"status": "err"}]}` } });
    expect(await said([target("app", web, byHealth)], 0.1)).toMatch(/^not ready/);
  });
});

describe("readiness targets", () => {
  it("are the services in order, on the Service's port; the commit is asked of the application only", () => {
    const services = [
      service("db", { port: 3306, containerPort: 3306 }),
      service("backend", { port: 81, healthPath: "/health", commitPath: "/commit" }),
      service("app", { healthPath: "/healthz", commitPath: "/version" }),
    ];
    expect(readinessTargets(services, "app", "9dff06f")).toEqual([
      { service: "db", host: "db", port: 3306 },
      { service: "backend", host: "backend", port: 81, healthPath: "/health" },
      {
        service: "app",
        host: "app",
        port: 80,
        healthPath: "/healthz",
        commitPath: "/version",
        commit: "9dff06f",
      },
    ]);
  });
});

interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

async function runProgram(targets: ReadinessTarget[]) {
  const [, ...args] = readinessCommand(readinessArgument(targets, 1));
  const ending = run(process.execPath, args).then(
    (output): Ending => ({ code: 0, ...output }),
    (error: unknown) => error as Ending,
  );
  const { code, stdout, stderr } = await ending;
  return { code, lastLine: stdout.trimEnd().split("\n").at(-1), stderr };
}

describe("readiness program", () => {
  it("ends well when all services are ready", async () => {
    const web = await http({ "/health": health("OK"), "/version": version("9dff06f") });
    const tcp = await listen(createTcpServer());
    const targets = [target("db", tcp), target("app", web, byCommit)];
    expect(await runProgram(targets)).toEqual({ code: 0, lastLine: "all services are ready", stderr: "" });
  });

  it("fails with the causes as its last line", async () => {
    const web = await http({ "/health": health("err") });
    const closed = await closedPort();
    expect(await runProgram([target("db", closed), target("app", web, byHealth)])).toEqual({
      code: 1,
      lastLine: `not ready within 1 s: db (port ${String(closed)}: ECONNREFUSED), app (/health reports that part-0 does not work); run dynenv diagnose to learn why`,
      stderr: "",
    });
  });
});
