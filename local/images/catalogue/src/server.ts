import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answer, type Answer } from "./answers.ts";
import type { Database } from "./dsn.ts";
import { parseFlags, type Flags } from "./flags.ts";

function start({ port, database }: Flags): void {
  const server = createServer((request, response) => void serve(request, response, database));
  server.on("error", fail);
  server.listen(port, () => {
    console.error(
      `catalogue listens on ${String(port)}, database: ${database.host}:${String(database.port)}`,
    );
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, database: Database): Promise<void> {
  try {
    send(response, await answer(request.method ?? "", request.url ?? "", database));
  } catch (error) {
    console.error(error);
    send(response, { status: 500, body: { error: "internal error" } });
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// As process 1 of a container it gets no default action for signals.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));

try {
  start(parseFlags(process.argv.slice(2)));
} catch (error) {
  fail(error);
}
