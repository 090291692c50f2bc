import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CoreV1Api, Log } from "#bundled/kubernetes";
import { kubeConfig, orUnreachable, requireAnswer } from "../../cli/access/clusterAccess.ts";
import { requirePermissions } from "../../cli/access/preflight.ts";
import { watchUntil } from "../../cli/kubernetes/watch.ts";
import {
  apiServer,
  certificate,
  host,
  httpProxy,
  key,
  kubeconfig,
  socksProxy,
  type ApiServer,
} from "../unit/apiServer.ts";
import { selfSigned } from "../unit/certificate.ts";

let folder = "";
let server: ApiServer;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dynenv-"));
  server = await apiServer();
  ends.push(server.end, () => {
    rmSync(folder, { recursive: true });
  });
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"])
    vi.stubEnv(name, "");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0).reverse()) await end();
});

/** The client that a kubeconfig makes. */
function client(user?: object, cluster?: object, address = `https://127.0.0.1:${String(server.port)}`) {
  const path = join(folder, "config");
  writeFileSync(path, kubeconfig(address, user, cluster));
  return kubeConfig({ KUBECONFIG: path });
}

/** Everything that dynenv asks a cluster: requests, watches, logs, permissions. */
async function askAll(config: ReturnType<typeof client>): Promise<void> {
  await requireAnswer(config);
  await requirePermissions(config, "env-x", "down");
  const watched = { path: "/api/v1/pods", selector: {}, signal: AbortSignal.timeout(5000) };
  expect(await watchUntil(config, { ...watched, pick: () => "seen" })).toBe("seen");
  const log = new PassThrough();
  await new Log(config).log("env-x", "pod", "container", log);
  expect(await text(log)).toBe("a line\n");
}

describe("a cluster that only a proxy reaches", () => {
  const own = `https://${host}:6443`;

  it("is out of reach without it", async () => {
    await expect(requireAnswer(client({ token: "t" }, {}, own))).rejects.toThrow(
      "the cluster is out of reach",
    );
  });

  it.each(["HTTPS_PROXY", "https_proxy"])("is asked through %s", async (name) => {
    const proxy = await httpProxy(server);
    ends.push(proxy.end);
    vi.stubEnv(name, proxy.url.replace("localhost", "me:pass@localhost"));
    await askAll(client({ token: "t" }, {}, own));
    expect(new Set(proxy.asked)).toEqual(new Set([`Basic ${btoa("me:pass")}${host}:6443`]));
  });

  it.each([
    ["http", () => httpProxy(server)],
    ["socks5", () => socksProxy(server)],
  ])("is asked through a proxy-url with %s, before the environment's", async (_scheme, start) => {
    const proxy = await start();
    ends.push(proxy.end);
    vi.stubEnv("HTTPS_PROXY", "http://localhost:1");
    await askAll(client({ token: "t" }, { "proxy-url": proxy.url }, own));
    expect(new Set(proxy.asked)).toEqual(new Set([`${host}:6443`]));
  });

  it("is out of reach by the proxy's own reason", async () => {
    const refusing = createServer().on("connect", (_request, socket) =>
      socket.end("HTTP/1.1 502 Bad\r\n\r\n"),
    );
    await new Promise<void>((resolve) => refusing.listen(0, "localhost", resolve));
    ends.push(() => refusing.close());
    const { port } = refusing.address() as AddressInfo;
    vi.stubEnv("HTTPS_PROXY", `http://localhost:${String(port)}`);
    await expect(requireAnswer(client({ token: "t" }, {}, own))).rejects.toThrow(
      "the cluster is out of reach: the proxy on the way answers 502; correct proxy-url, HTTPS_PROXY or NO_PROXY",
    );
  });

  it("is asked without one where NO_PROXY names it, or it is on this machine", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://localhost:1");
    await askAll(client());
    vi.stubEnv("NO_PROXY", "10.0.0.0/8,.example");
    await expect(requireAnswer(client({ token: "t" }, {}, own))).rejects.toThrow(host);
  });
});

describe("the login of a kubeconfig", () => {
  /** What the server sees of a request by this login. */
  async function seen(user: object, cluster: object = {}) {
    server.seen.length = 0;
    await askAll(client(user, cluster));
    const [one, ...others] = server.seen.map(({ headers, client }) => ({
      authorization: headers.authorization,
      impersonated: Object.entries(headers)
        .filter(([name]) => name.startsWith("impersonate-"))
        .sort(),
      client,
    }));
    for (const other of others) expect(other).toEqual(one);
    return one;
  }

  it("is a token, that of a file, a password or a certificate", async () => {
    expect(await seen({ token: "t" })).toMatchObject({ authorization: ["Bearer t"] });
    writeFileSync(join(folder, "token"), "from-file\n");
    expect(await seen({ tokenFile: "token" })).toMatchObject({ authorization: ["Bearer from-file"] });
    expect(await seen({ tokenFile: "token", token: "stale" })).toMatchObject({
      authorization: ["Bearer from-file"],
    });
    const basic = [`Basic ${btoa("me:pass")}`];
    expect(await seen({ username: "me", password: "pass" })).toMatchObject({ authorization: basic });
    const { certificate, key } = selfSigned("me");
    writeFileSync(join(folder, "cert.pem"), certificate);
    const pair = { "client-certificate": "cert.pem", "client-key-data": Buffer.from(key).toString("base64") };
    expect(await seen(pair)).toMatchObject({ authorization: undefined, client: "me" });
    const both = await seen({ ...pair, tokenFile: "token" });
    expect(both).toMatchObject({ authorization: ["Bearer from-file"], client: "me" });
    expect(await seen({})).toMatchObject({ authorization: undefined, client: undefined });
  });

  it("may impersonate a user with groups", async () => {
    const as = { as: "jane", "as-uid": "1", "as-groups": ["a", "b"], "as-user-extra": { "x/Y": ["1", "2"] } };
    expect(await seen({ token: "t", ...as })).toMatchObject({
      impersonated: [
        ["impersonate-extra-x%2fy", ["1", "2"]],
        ["impersonate-group", ["a", "b"]],
        ["impersonate-uid", ["1"]],
        ["impersonate-user", ["jane"]],
      ],
    });
  });

  it("is not sent in the clear", async () => {
    const config = client({ token: "t" }, {}, "http://127.0.0.1:9999");
    expect(config.getCurrentUser()).toMatchObject({ token: undefined });
    await expect(requireAnswer(config)).rejects.toThrow("ECONNREFUSED");
  });

  it("goes to a server with the name that is asked for", async () => {
    const address = `https://127.0.0.2:${String(server.port)}`;
    await expect(requireAnswer(client({ token: "t" }, {}, address))).rejects.toThrow(
      /127\.0\.0\.2|ECONNREFUSED/,
    );
    await askAll(client({ token: "t" }, { "tls-server-name": host }));
    const insecure = { "certificate-authority-data": "", "insecure-skip-tls-verify": true };
    await askAll(client({ token: "t" }, { ...insecure, "tls-server-name": "other" }));
  });
});

describe("an exec plugin", () => {
  /** A plugin that prints `output`, and keeps what it is told and how often it is started. */
  function plugin(output: string, more: object = {}) {
    const path = join(folder, "login");
    const keep = `printf '%s\\n' "$KUBERNETES_EXEC_INFO $OWN $1" >> ${folder}/started`;
    writeFileSync(path, `#!/bin/sh\n${keep}\ncat <<'END'\n${output}\nEND\n`);
    chmodSync(path, 0o755);
    return {
      exec: {
        ...{ apiVersion: "client.authentication.k8s.io/v1", command: "./login", args: ["arg"] },
        ...{ interactiveMode: "IfAvailable", env: [{ name: "OWN", value: "env" }], ...more },
      },
    };
  }

  function credential(status: object, version = "v1"): string {
    return JSON.stringify({
      kind: "ExecCredential",
      apiVersion: `client.authentication.k8s.io/${version}`,
      status,
    });
  }

  const started = () => readFileSync(join(folder, "started"), "utf8").trimEnd().split("\n");

  it("is started once for all requests, and told what kubectl tells it", async () => {
    const extension = { audience: "x" };
    const extensions = [{ name: "client.authentication.k8s.io/exec", extension }];
    await askAll(client(plugin(credential({ token: "p" }), { provideClusterInfo: true }), { extensions }));
    expect(server.seen.every(({ headers }) => headers.authorization?.[0] === "Bearer p")).toBe(true);
    const [line = "", ...others] = started();
    expect(others).toEqual([]);
    expect(line).toMatch(/ env arg$/);
    expect(JSON.parse(line.split(" ")[0] ?? "")).toEqual({
      kind: "ExecCredential",
      apiVersion: "client.authentication.k8s.io/v1",
      spec: {
        interactive: false,
        cluster: {
          server: `https://127.0.0.1:${String(server.port)}`,
          "certificate-authority-data": Buffer.from(certificate).toString("base64"),
          config: extension,
        },
      },
    });
  });

  it("is started again when what it gave has expired, and gives certificates, too", async () => {
    const status = { clientCertificateData: certificate, clientKeyData: key };
    await askAll(client(plugin(credential({ ...status, expirationTimestamp: "2020-01-01T00:00:00Z" }))));
    // All questions about permissions have one login.
    const others = server.seen.filter(({ path }) => !path.endsWith("reviews"));
    expect(started().length).toBe(others.length + 1);
    expect(new Set(server.seen.map(({ client }) => client))).toEqual(new Set([host]));
  });

  it.each([
    ["nothing", "did not print an ExecCredential of client.authentication.k8s.io/v1 with a status"],
    [credential({ token: "t" }, "v1beta1"), "did not print an ExecCredential"],
    [credential({}), "printed neither a token nor a certificate and its key"],
    [credential({ clientKeyData: "k" }), "printed neither"],
  ])("that prints %s is told in one sentence", async (output, expected) => {
    await expect(requireAnswer(client(plugin(output)))).rejects.toThrow(expected);
  });

  it("that fails, hides or needs a terminal is told in one sentence", async () => {
    const { exec } = plugin("");
    writeFileSync(join(folder, "login"), "#!/bin/sh\necho first >&2\necho no session >&2\nexit 3\n");
    const failure = async (change: object) =>
      orUnreachable(() => requireAnswer(client({ exec: { ...exec, ...change } }))).catch(
        (error: unknown) => (error as Error).message,
      );
    const name = `the kubeconfig's login plugin ${JSON.stringify(join(folder, "login"))}`;
    expect(await failure({})).toBe(`${name} ended with exit code 3: no session`);
    expect(await failure({ interactiveMode: "Always" })).toBe(`${name} needs a terminal, and there is none`);
    expect(await failure({ command: "no-such-login", installHint: "brew\n install it" })).toBe(
      'the kubeconfig\'s login plugin "no-such-login" cannot be started: brew install it',
    );
  });
});

it("a list goes through the client as before", async () => {
  const { items } = await client().makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "x" });
  expect(items).toEqual([]);
});

describe("what is no API server", () => {
  it.each([
    ["a page for people", 200, "<html>log in</html>", /answers with something else than an API server does/],
    ["an answer of something else", 200, "{}", /may not /],
    ["an error without a message", 500, "{}", /^the cluster answers 500: it gives no reason$/],
    [
      "an error with another message",
      500,
      '{"message": {}}',
      /^the cluster answers 500: it gives no reason$/,
    ],
  ])("is told in one sentence where it gives %s", async (_what, status, body, sentence) => {
    const other = await apiServer((_request, response) => response.writeHead(status).end(body));
    ends.push(other.end);
    const config = client(undefined, undefined, `https://127.0.0.1:${String(other.port)}`);
    const expected = { exitCode: 3, message: expect.stringMatching(sentence) as string };
    await expect(requirePermissions(config, "env-x", "down")).rejects.toMatchObject(expected);
    await expect(requireAnswer(config)).rejects.toMatchObject({ exitCode: 3 });
  });

  it.each(["https://cluster:99999", "https://", "http://a b"])("is none at %j", (address) => {
    expect(() => client(undefined, undefined, address)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^the .*server is/) as string }),
    );
  });
});
