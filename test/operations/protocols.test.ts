// What goes through the gateway beside pages: WebSocket, events that a server sends, TLS, and the redirect to it.
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  EnvironmentNamespace,
  type Gateway,
  NetworkIsolation,
  Route,
  ServiceDeployment,
} from "../../components/index.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { construct } from "../../rendering/construction.ts";
import { type Manifest, manifestsOf } from "../../rendering/manifests.ts";
import { service } from "../unit/randomServices.ts";
import { create, inNamespace } from "../integration/pods.ts";
import { kubectl, shell, tryKubectl, uniqueName } from "../integration/shell.ts";
import { standInOf } from "../integration/standIns.ts";
import {
  type Door,
  gateway as plainGateway,
  page,
  plainDoor,
  requestTo,
  secureDoor,
} from "../integration/testGateway.ts";

const stack = uniqueName("protocols");
const namespace = `env-${stack}`;
const host = `${namespace}.${plainGateway.domain}`;
/** What the handshake of WebSocket adds to a key (RFC 6455). */
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Sends an event once it is told to, and each WebSocket's text back to front. */
const program = `
  const listening = new Set();
  const server = require("node:http").createServer((request, response) => {
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: open\\n\\n");
      listening.add(response);
      return;
    }
    if (request.url.startsWith("/tell/")) for (const one of listening) one.write("data: " + request.url.slice(6) + "\\n\\n");
    response.end("well");
  });
  server.on("upgrade", ({ headers }, socket) => {
    const accept = require("node:crypto").createHash("sha1").update(headers["sec-websocket-key"] + "${guid}").digest("base64");
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " + accept + "\\r\\n\\r\\n");
    socket.on("error", () => {}).on("data", (frame) => {
      const text = frame.subarray(6).map((byte, index) => byte ^ frame[2 + (index % 4)]).reverse();
      socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
    });
  });
  process.on("SIGTERM", () => process.exit(0));
  server.listen(8080);`;

/** One that has Node, where it can be pulled without a login. */
const image = standInOf("weaveworksdemos/catalogue:0.3.5").replace(
  shell.CI_REGISTRY ?? "",
  shell.DYNENV_PUBLIC_REGISTRY ?? "",
);
const echo = service("echo", { exposed: true, command: ["node", "--eval", program] });

/** Objects as the components make them for an environment with this service alone. */
async function objects(gateway: Gateway): Promise<Manifest[]> {
  const made = await construct(() => {
    const run = { stack, project: "shop/echo", ref: "main", commit: "9dff06f" };
    new EnvironmentNamespace("echo", run);
    new NetworkIsolation("isolation", { namespace, services: [echo], gateway });
    new ServiceDeployment("echo", {
      namespace,
      service: echo,
      image,
    });
    new Route("route", { namespace, service: echo, isApplication: true, gateway });
  });
  return manifestsOf(made);
}

beforeAll(async () => {
  const all = await objects(plainGateway);
  const of = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind));
  await create(...of("Namespace"));
  await create(...of("NetworkPolicy", "ServiceAccount", "Service", "HTTPRoute"));
  // Its pods need all of these.
  await create(...of("Deployment"));
  await kubectl("rollout", "status", "deployment/echo", "-n", namespace, "--timeout=90s");
  await answers(plainDoor, host);
}, 120_000);

afterAll(async () => {
  await tryKubectl("delete", "namespace", namespace, "--ignore-not-found", "--timeout=60s");
});

/** Waits until the gateway knows the route. */
async function answers(door: Door, name: string): Promise<void> {
  const asked = async () => {
    expect((await page(name, "/", door)).status).toBe(200);
  };
  await vi.waitFor(asked, { timeout: 20_000, interval: 100 });
}

/** Doors of the gateway: without TLS, and with it. */
const doors: [string, () => Promise<Door>][] = [
  ["without TLS", () => Promise.resolve(plainDoor)],
  ["with TLS", secureDoor],
];

describe.each(doors)("the gateway, called %s,", (_how, doorOf) => {
  test("lets a WebSocket through, both ways", async () => {
    const key = randomBytes(16).toString("base64");
    const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    const opening = { headers: { ...headers, "sec-websocket-key": key } };
    const asked = requestTo(await doorOf(), host, "/socket", opening);
    asked.end();
    const [response, socket] = (await once(asked, "upgrade")) as [IncomingMessage, Socket];
    try {
      const accept = createHash("sha1").update(`${key}${guid}`).digest("base64");
      expect(response.headers["sec-websocket-accept"]).toBe(accept);
      for (const text of ["first", "second"]) {
        socket.write(masked(text));
        const [frame] = (await once(socket, "data")) as [Buffer];
        expect(frame.subarray(2).toString()).toBe(Buffer.from(text).reverse().toString());
      }
    } finally {
      socket.destroy();
    }
  });

  test("hands on each event while the response is open", async () => {
    const door = await doorOf();
    const asked = requestTo(door, host, "/events");
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    try {
      let received = "";
      response.setEncoding("utf8").on("data", (text: string) => (received += text));
      const until = (text: string) =>
        vi.waitFor(() => {
          expect(received).toBe(text);
        }, 5000);
      await until("data: open\n\n");
      // Sent only now, when the one before it is here.
      await page(host, "/tell/1", door);
      await until("data: open\n\ndata: 1\n\n");
      await page(host, "/tell/2", door);
      await until("data: open\n\ndata: 1\n\ndata: 2\n\n");
      expect(response.complete).toBe(false);
    } finally {
      response.destroy();
    }
  });
});

/** A frame with a text, as clients send it. */
function masked(text: string): Buffer {
  const mask = randomBytes(4);
  const bytes = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, bytes]);
}

describe("the certificate of the gateway", () => {
  test("is right for an address, by its own authority alone, and for no name elsewhere", async () => {
    const secure = await secureDoor();
    expect((await page(host, "/", secure)).status).toBe(200);
    await expect(page(host, "/", { ...secure, ca: "" })).rejects.toThrow("certificate");
    await expect(page("example.com", "/", secure)).rejects.toThrow("certificate");
  });
});

describe("the Gateway of the pages", () => {
  const own = uniqueName("documented");
  const domain = `${own}.localhost`;
  const name = `${namespace}.${domain}`;
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "certificate-"));
    await create(...(await documented()), await certificate());
    const route = (await objects({ ...plainGateway, domain, name: `gateway/${own}`, tls: true })).find(
      ({ kind }) => kind === "HTTPRoute",
    );
    await create({ ...route, metadata: { ...route?.metadata, name: own } });
    await answers(await secureDoor(), name);
  }, 60_000);

  afterAll(async () => {
    await kubectl("delete", `gateway/${own}`, `httproute/${own}`, `secret/${own}`, "-n", "gateway");
    await rm(folder, { recursive: true });
  });

  /** The example, under a name and a domain of its own, at the ports of Traefik's entry points. */
  async function documented(): Promise<object[]> {
    const text = await readFile(join(projectRoot, "docs", "addresses.md"), "utf8");
    const [, example = ""] = /```yaml\n(.*?)```/s.exec(text) ?? [];
    const adapted = example
      .replaceAll("previews.example.com", domain)
      .replaceAll(/name: (previews-wildcard|previews|to-https)\b/g, `name: ${own}`)
      .replace("port: 443", "port: 8443")
      .replace("port: 80\n", "port: 8000\n");
    return parseAllDocuments(adapted).map((document) => document.toJS() as object);
  }

  /** For all names of the domain, by the authority of the test cluster's gateway. */
  async function certificate() {
    const { ca, authorityKey } = await secureDoor();
    const file = (of: string) => join(folder, of);
    await writeFile(file("ca.crt"), ca);
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-noenc",
      "-keyout",
      file("tls.key"),
    ];
    const signed = ["-CA", file("ca.crt"), "-CAkey", authorityKey, "-days", "2", "-out", file("tls.crt")];
    const names = ["-subj", `/CN=${own}`, "-addext", `subjectAltName=DNS:*.${domain}`];
    await execa("openssl", ["req", "-x509", ...key, ...signed, ...names]);
    const [crt, secret] = await Promise.all(["tls.crt", "tls.key"].map((of) => readFile(file(of), "utf8")));
    const data = { "tls.crt": crt, "tls.key": secret };
    const object = { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name: own } };
    return inNamespace("gateway", { ...object, stringData: data });
  }

  test("sends on by HTTPS what comes by HTTP, and serves nothing without TLS", async () => {
    const { status, headers, body } = await page(name, "/some/page?with=more", plainDoor);
    expect(status).toBe(301);
    expect(headers.location).toBe(`https://${name}/some/page?with=more`);
    expect(body).not.toContain("well");
    const there = await page(name, "/some/page?with=more", await secureDoor());
    expect(there).toMatchObject({ status: 200, body: "well", headers: { "x-robots-tag": "noindex" } });
  });
});
