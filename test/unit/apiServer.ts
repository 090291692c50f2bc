import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { selfSigned } from "./certificate.ts";

/** Under this name no resolver knows a host: only a proxy of these tests does. */
export const host = "cluster.example";
export const { certificate, key } = selfSigned(
  host,
  ...["-addext", `subjectAltName=DNS:${host},DNS:localhost,IP:127.0.0.1`],
);
const ca = Buffer.from(certificate).toString("base64");

export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headersDistinct"];
  /** Subject of the client's certificate. */
  client: string | undefined;
}

export interface ApiServer {
  port: number;
  seen: Seen[];
  end: () => void;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Everything is allowed, every collection is empty, and a pod's log has one line. */
export const everything: Answer = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "https://x");
  response.setHeader("content-type", "application/json");
  if (searchParams.has("watch"))
    response.end(`${JSON.stringify({ type: "ADDED", object: { kind: "Pod" } })}\n`);
  else if (pathname.endsWith("/log")) response.setHeader("content-type", "text/plain").end("a line\n");
  else if (pathname.endsWith("reviews")) response.end(JSON.stringify({ status: { allowed: true } }));
  else response.end(JSON.stringify({ gitVersion: "v1.36.0", items: [] }));
};

/** An API server on a loopback address. */
export async function apiServer(answer: Answer = everything): Promise<ApiServer> {
  const seen: Seen[] = [];
  const options = { cert: certificate, key, requestCert: true, rejectUnauthorized: false };
  const server = createHttpsServer(options, (request, response) => {
    const { subject } = (request.socket as unknown as TLSSocket).getPeerCertificate() as {
      subject?: { CN?: string };
    };
    const { method = "", url = "", headersDistinct } = request;
    seen.push({ method, path: url, headers: headersDistinct, client: subject?.CN });
    answer(request, response);
  });
  return { port: await listening(server), seen, end: closing(server) };
}

export interface Proxy {
  url: string;
  /** Hosts and ports that were asked for. */
  asked: string[];
  end: () => void;
}

/** A proxy that takes CONNECT, with TLS or without. */
export async function httpProxy(target: ApiServer, isSecure = false): Promise<Proxy> {
  const asked: string[] = [];
  const server = isSecure ? createHttpsServer({ cert: certificate, key }) : createHttpServer();
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push(`${request.headers["proxy-authorization"] ?? ""}${request.url ?? ""}`);
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    join(socket, target.port);
  });
  const url = `${isSecure ? "https" : "http"}://localhost:${String(await listening(server))}`;
  return { url, asked, end: closing(server) };
}

/** A proxy that speaks SOCKS 5 without a login. */
export async function socksProxy(target: ApiServer): Promise<Proxy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (request: Buffer) => {
        const end = 5 + (request[4] ?? 0);
        asked.push(`${request.toString("utf8", 5, end)}:${String(request.readUInt16BE(end))}`);
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        join(socket, target.port);
      });
    });
  });
  const url = `socks5://localhost:${String(await listening(server))}`;
  return { url, asked, end: () => server.close() };
}

function closing(server: { close: () => { closeAllConnections: () => void } }): () => void {
  return () => {
    server.close().closeAllConnections();
  };
}

function join(socket: Socket, port: number): void {
  const other = connect(port, "127.0.0.1");
  for (const end of [socket, other])
    end.on("error", () => socket.destroy(other.destroy().errored ?? undefined));
  socket.pipe(other).pipe(socket);
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return (server.address() as AddressInfo).port;
}

/** A kubeconfig with one context, `own`. */
export function kubeconfig(server: string, user: object = { token: "secret" }, cluster: object = {}): string {
  return JSON.stringify({
    "current-context": "own",
    clusters: [{ name: "own", cluster: { server, "certificate-authority-data": ca, ...cluster } }],
    users: [{ name: "own", user }],
    contexts: [{ name: "own", context: { cluster: "own", user: "own" } }],
  });
}
