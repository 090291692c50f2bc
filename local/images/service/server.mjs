// Takes the place of one service of the shop: it listens where that service would, and tells by TCP connections which of
// the services that it was told of can be reached. It does nothing of what the service does.
import { connect, createServer } from "node:net";

const { STAND_IN_SERVICE: service, STAND_IN_PORT: usualPort, STAND_IN_HEALTH_PATH: healthPath } = process.env;

/** Below the second that probes wait, for all dependencies together. */
const connectionLimit = 500;

/** All other arguments are the published image's own. */
function port() {
  const flags = process.argv.map((word) => /^--?port=(\d+)$/.exec(word)?.[1]);
  return Number(flags.findLast((value) => value !== undefined) ?? usualPort);
}

function tcpServer() {
  return createServer((socket) => socket.on("error", () => undefined).resume());
}

function httpServer() {
  // Importing this module would load all that it can offer, which takes longer than all else of the start.
  const http = process.getBuiltinModule("node:http");
  return http.createServer(async (request, response) => {
    const { status, type, text } = await answer(request.url.split("?", 1)[0]);
    response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "x-stand-in": service });
    response.end(text);
  });
}

/** @param {string} path */
async function answer(path) {
  if (path === "/health") return json(200, { health: await health() });
  if (path === healthPath) return { status: 200, type: "text/html", text: page() };
  return json(404, { error: "not found" });
}

/** @param {number} status @param {unknown} body */
function json(status, body) {
  return { status, type: "application/json", text: `${JSON.stringify(body)}\n` };
}

function page() {
  const title = `Stand-in for ${service}`;
  return `<!doctype html>\n<html lang="en">\n<title>${title}</title>\n<h1>${title}</h1>\n</html>\n`;
}

/** Sock Shop's form: the service itself is well since it answers. */
async function health() {
  const time = new Date().toISOString();
  const dependencies = await Promise.all(
    Object.entries(process.env)
      .filter(([name]) => name.endsWith("_ADDRESS"))
      .map(async ([name, address]) => ({
        service: name.slice(0, -"_ADDRESS".length).toLowerCase().replaceAll("_", "-"),
        status: (await isReachable(address)) ? "OK" : "err",
        time,
      })),
  );
  return [{ service, status: "OK", time }, ...dependencies];
}

/** @param {string} address `host:port` */
function isReachable(address) {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (port === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const timer = setTimeout(end, connectionLimit, false);
    socket.once("connect", () => end(true)).on("error", () => end(false));

    /** @param {boolean} reachable */
    function end(reachable) {
      clearTimeout(timer);
      socket.destroy();
      resolve(reachable);
    }
  });
}

// As process 1 of a container it gets no default action for signals.
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));

const kind = healthPath ? "HTTP" : "TCP";
const server = kind === "HTTP" ? httpServer() : tcpServer();
server.listen(port(), () => console.log(`stand-in for ${service}: ${kind} on port ${server.address().port}`));
