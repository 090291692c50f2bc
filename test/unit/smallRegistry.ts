import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a registry sees it. */
export interface Asked {
  method: string;
  path: string;
  authorization: string;
}

/** What is said to a request: status, headers, body. */
export type Said = [number, Record<string, string>?, string?];

/** A registry on this machine that says what it is told to. */
export class SmallRegistry {
  readonly asked: Asked[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(answer: (request: Asked, registry: SmallRegistry) => Said): Promise<SmallRegistry> {
    const server = createServer((request, response) => {
      const asked = askedOf(request);
      registry.asked.push(asked);
      const [status, headers = {}, body = ""] = answer(asked, registry);
      response.writeHead(status, headers).end(asked.method === "HEAD" ? undefined : body);
    });
    const registry = new SmallRegistry(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return registry;
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function askedOf({ method = "", url = "", headers }: IncomingMessage): Asked {
  return { method, path: url, authorization: headers.authorization ?? "" };
}
