import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answer, refusal, type Answer } from "./answers.ts";
import { readSettings, type Settings } from "./settings.ts";

function start(settings: Settings): Server {
  const server = createServer((request, response) => void serve(request, response, settings));
  server.on("error", fail);
  server.listen(settings.port, () => {
    console.log(
      `deals (commit ${settings.commit}) listens on ${String(settings.port)}, catalogue: ${settings.catalogue}`,
    );
  });
  return server;
}

async function serve(request: IncomingMessage, response: ServerResponse, settings: Settings): Promise<void> {
  try {
    send(response, await answer(request.method ?? "", request.url ?? "", settings));
  } catch (error) {
    console.error(error);
    send(response, refusal(500, "Something is wrong in deals: its log says what."));
  }
}

/** What a browser may do with an answer: take a style sheet and pictures from this service, and nothing else. */
const protection = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

function send(response: ServerResponse, { status, type, content }: Answer): void {
  response.writeHead(status, {
    ...protection,
    "content-type": type,
    // The catalogue may say something else the next moment.
    "cache-control": "no-store",
    connection: "close",
    ...(status === 405 && { allow: "GET" }),
  });
  response.end(content);
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

try {
  const server = start(readSettings(process.env));
  // As process 1 of a container it gets no default action for signals. Who waits for an answer still gets it.
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => server.close(() => process.exit(0)));
} catch (error) {
  fail(error);
}
