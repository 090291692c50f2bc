// node registryLogins.ts HOST PORT SOCKET FILE: stands before the registry at SOCKET, whose htpasswd knows no rights: with
// the login that may pull, which FILE names beside the one that may push, only what changes nothing gets through.
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";

/** `user:password` of each. */
interface RegistryLogins {
  push: string;
  pull: string;
}

const [host = "", port = "", socketPath = "", file = ""] = process.argv.slice(2);
const logins = JSON.parse(readFileSync(file, "utf8")) as RegistryLogins;
const [push, pull] = [logins.push, logins.pull].map((login) => `Basic ${btoa(login)}`) as [string, string];

// Whatever takes long is up to the registry and its clients.
const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (incoming, response) => {
  const { method = "", headers } = incoming;
  if (!isSame(headers.authorization ?? "", pull)) passOn(incoming, response);
  else if (method === "GET" || method === "HEAD") passOn(incoming, response, { authorization: push });
  else refuse(response, 403, "DENIED", "this login may only pull");
});
server.listen(Number(port), host);

function passOn(incoming: IncomingMessage, response: ServerResponse, changed = {}): void {
  const { method, url } = incoming;
  // A connection for each: the registry may close one that was used while the next request is on its way.
  const headers = { ...incoming.headers, ...changed, connection: "close" };
  const onward = request({ socketPath, agent: false, method, path: url, headers });
  onward.once("response", (answer) => {
    const { connection: _, ...answered } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, answered);
    pipeline(answer, response, () => undefined);
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, "UNAVAILABLE", "the registry does not answer");
  });
  pipeline(incoming, onward, () => undefined);
}

/** As a registry says it. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

function isSame(one: string, other: string): boolean {
  const [hash, expected] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(hash as Buffer, expected as Buffer);
}
