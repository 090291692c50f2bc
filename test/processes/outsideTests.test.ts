import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Job } from "#bundled/kubernetes";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  addressAmong,
  resolverAdvice,
  targetOf,
  untilAnswering,
} from "../../cli/environment/outsideAddress.ts";
import { outsideVariables } from "../../cli/environment/outsideTests.ts";
import { runTestCommand } from "../../cli/environment/testCommand.ts";
import { TestCount } from "../../cli/environment/testCount.ts";
import { Mask } from "../../cli/text/mask.ts";
import { readinessArgument, readinessCommand } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";

const namespace = "env-a";
const web = "https://web--env-a.previews.example.com";
const deals = "https://env-a.previews.example.com";

describe("the address that tests call", () => {
  const among = (urls: Record<string, string>, wanted?: string) =>
    addressAmong(new Map(Object.entries(urls)), namespace, wanted);

  it("is the application's, whatever else has one, or that of the service that is named", () => {
    expect(among({ web, deals })).toEqual({ service: "deals", url: deals });
    expect(among({ web, deals }, "web")).toEqual({ service: "web", url: web });
    expect(among({ web })).toEqual({ service: "web", url: web });
  });

  it.each<[Record<string, string>, string | undefined, string]>([
    [{}, undefined, "namespace env-a has no address outside of the cluster: give a service exposed: true"],
    [{ web, admin: web }, undefined, "the application of namespace env-a has no address outside"],
    [
      { web, deals },
      "dels",
      'service "dels" has no address outside of the cluster in namespace env-a: did you mean deals?',
    ],
  ])("of %j and %s there is none, in one sentence", (urls, wanted, sentence) => {
    const refused = () => among(urls, wanted);
    expect(refused).toThrow(Failure);
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
    expect(refused).toThrow(sentence);
  });
});

describe("what has to answer there", () => {
  const route = {
    ...{ host: "env-a.previews.example.com", gateway: { host: "traefik.traefik.svc", port: 443 }, tls: true },
    ...{ path: "/version", mark: { name: "X-Robots-Tag", value: "noindex" }, commit: "9dff06f" },
  };
  const target = { service: "deals", host: "deals", port: 80, route };
  const job = (targets: (typeof target)[]) => {
    const command = readinessCommand(readinessArgument(targets, 140));
    const made: unknown = { spec: { template: { spec: { containers: [{ command }] } } } };
    return made as V1Job;
  };

  it("is what the readiness Job asked for, by the way that people take", () => {
    const gateway = { host: "env-a.previews.example.com", port: 443 };
    expect(targetOf({ service: "deals", url: deals }, job([target]))).toEqual({ ...route, gateway });
  });

  it("is anything by the route where that Job did not ask", () => {
    const url = "http://env-a.previews.example.com:8080/shop";
    const gateway = { host: "env-a.previews.example.com", port: 8080 };
    const plain = { host: gateway.host, gateway, tls: false, path: "/shop" };
    expect(targetOf({ service: "web", url }, job([target]))).toEqual(plain);
    expect(targetOf({ service: "web", url }, undefined)).toEqual(plain);
  });

  it("is on this machine for names below localhost, whatever its resolver knows", () => {
    const { gateway, host } = targetOf(
      { service: "deals", url: "http://env-a.dynenv.localhost:18001" },
      undefined,
    );
    expect({ gateway, host }).toEqual({
      gateway: { host: "127.0.0.1", port: 18001 },
      host: "env-a.dynenv.localhost",
    });
  });
});

describe("the wait for an address", () => {
  let server: Server;
  let commits: string[] = [];
  const address = { service: "deals", url: "http://env-a.dynenv.localhost" };
  const wait = (limit?: number, signal = new AbortController().signal) => {
    const gateway = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
    const target = { host: "env-a.dynenv.localhost", tls: false, path: "/version", gateway, commit: "new" };
    return untilAnswering(address, target, signal, limit);
  };

  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.end(JSON.stringify({ commit: commits.length > 1 ? commits.shift() : commits[0] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(() => {
    server.close();
    vi.unstubAllEnvs();
  });

  it("ends once it tells the commit that was deployed", async () => {
    commits = ["old", "new", "newer"];
    await wait();
    expect(commits).toEqual(["newer"]);
  });

  it("ends in time with what was answered last", async () => {
    commits = ["old"];
    await expect(wait(0)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /^http:\/\/env-a\S+ does not answer on this machine as the address of deals \(.* reports old instead of new\): docs\/addresses.md/,
      ) as string,
    });
  });

  it("ends at once with an interrupt", async () => {
    commits = ["old"];
    const controller = new AbortController();
    const waiting = wait(undefined, controller.signal);
    controller.abort(new Failure("interrupted", "interrupted"));
    await expect(waiting).rejects.toMatchObject({ exitCode: 130 });
  });

  it("is none for an address that only a proxy reaches", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://proxy.example.com");
    const target = {
      host: "nowhere.invalid",
      tls: true,
      path: "/",
      gateway: { host: "nowhere.invalid", port: 443 },
    };
    const nowhere = { service: "deals", url: "https://nowhere.invalid" };
    await untilAnswering(nowhere, target, new AbortController().signal, 0);
  });
});

it("a resolver that does not know names below localhost is told, and no other", async () => {
  const unknown = () => Promise.reject(new Error("ENOTFOUND"));
  const known = () => Promise.resolve({ address: "127.0.0.1", family: 4 });
  const advice = (url: string, lookup: unknown) =>
    resolverAdvice(url, lookup as Parameters<typeof resolverAdvice>[1]);
  expect(await advice("http://env-a.dynenv.localhost:18001", unknown)).toContain("libnss-myhostname");
  expect(await advice("http://env-a.dynenv.localhost:18001", known)).toBeUndefined();
  expect(await advice(deals, unknown)).toBeUndefined();
});

describe("the variables of tests", () => {
  const gateway = {
    ...{ domain: "dynenv.localhost:18001", secureDomain: "dynenv.localhost:20601", authority: "/run/ca.crt" },
  };
  const url = "http://env-a.dynenv.localhost:18001/shop";

  it("are the address and the commit, and on the embedded cluster HTTPS and its authority", () => {
    expect(outsideVariables(deals, "9dff06f", undefined, {})).toEqual({
      BASE_URL: deals,
      EXPECTED_COMMIT: "9dff06f",
    });
    expect(outsideVariables(url, "9dff06f", gateway, {})).toEqual({
      ...{ BASE_URL: url, EXPECTED_COMMIT: "9dff06f", DYNENV_CA_FILE: "/run/ca.crt" },
      ...{
        DYNENV_SECURE_URL: "https://env-a.dynenv.localhost:20601/shop",
        NODE_EXTRA_CA_CERTS: "/run/ca.crt",
      },
    });
  });

  it("leave the caller's own authorities as they are, and promise no HTTPS at another's address", () => {
    const { NODE_EXTRA_CA_CERTS } = outsideVariables(url, "", gateway, { NODE_EXTRA_CA_CERTS: "/own.crt" });
    expect(NODE_EXTRA_CA_CERTS).toBe("/own.crt");
    expect(outsideVariables(deals, "", gateway, {})).not.toHaveProperty("DYNENV_SECURE_URL");
    const secure = "https://env-a.dynenv.localhost:20601";
    expect(outsideVariables(secure, "", gateway, {}).DYNENV_SECURE_URL).toBe(secure);
  });
});

describe("a command of this machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "outside-"));
  const never = new AbortController().signal;
  let printed = "";
  const run = (command: string[], signal = never, count = new TestCount(), mask = new Mask()) =>
    runTestCommand(
      command,
      { BASE_URL: deals },
      {
        ...{ mask, line: () => undefined },
        output: (text) => {
          printed += mask.text(text);
          return Promise.resolve();
        },
      },
      count,
      signal,
    );
  const sh = (script: string) => ["sh", "-c", script];
  const isAlive = (pid: number) => {
    // One that ended and that nobody has asked for yet is dead, too.
    const stat = existsSync(`/proc/${String(pid)}/stat`)
      ? readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      : "";
    return stat !== "" && !/\) [ZX] /.test(stat);
  };

  beforeEach(() => {
    printed = "";
  });

  it("has the address, and both of its outputs are passed on and counted", async () => {
    const count = new TestCount();
    expect(await run(sh('echo "$BASE_URL"; echo "ℹ tests 0" >&2'), never, count)).toBeUndefined();
    expect(printed.split("\n").sort()).toEqual(["", deals, "ℹ tests 0"]);
    expect(count.isZero).toBe(true);
  });

  it("prints no secret, in whatever pieces it comes", async () => {
    const mask = new Mask();
    mask.add("swordfish-swordfish");
    await run(sh("printf 'a swordfish-'; sleep 0.1; echo swordfish"), never, undefined, mask);
    expect(printed).toBe("a ***\n");
  });

  it.each([
    ["exit 3", "ended with exit code 3"],
    ["kill -KILL $$", "was ended by SIGKILL"],
  ])("that fails by %j tells how it ended", async (script, end) => {
    expect(await run(sh(script))).toBe(end);
  });

  it("that there is not is told in one sentence", async () => {
    await expect(run(["./no-such-program"])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(
        '"./no-such-program" cannot be started (ENOENT): put a program',
      ) as string,
    });
  });

  it("leaves nothing running behind, and waits for nothing that it left", async () => {
    const start = Date.now();
    await run(sh("trap '' TERM; sleep 15 & echo $!"));
    expect(Date.now() - start).toBeLessThan(12_000);
    expect(Number(printed)).toBeGreaterThan(1);
    await vi.waitFor(() => {
      expect(isAlive(Number(printed))).toBe(false);
    });
  });

  it("ends with an interrupt, with all that it started, and may clean up before", async () => {
    const file = join(folder, "cleaned");
    const controller = new AbortController();
    const running = run(
      sh(`trap 'touch ${file}; exit' INT; sleep 60 >/dev/null 2>&1 & echo $!; wait`),
      controller.signal,
    );
    await vi.waitFor(() => {
      expect(printed).toMatch(/^\d+\n/);
    });
    const pid = Number(printed);
    expect(isAlive(pid)).toBe(true);
    controller.abort(new Failure("interrupted", "interrupted"));
    await expect(running).rejects.toMatchObject({ exitCode: 130 });
    expect(existsSync(file)).toBe(true);
    await vi.waitFor(() => {
      expect(isAlive(pid)).toBe(false);
    });
    rmSync(folder, { recursive: true });
  });
});
