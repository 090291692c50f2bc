import { connects, type Address } from "./connection.ts";

/**
 * Connects to all services at once, again and again, until each has taken its connection in three rounds in a row: the
 * policies of a new pod may come a moment after its start, and at each end of a connection at another moment.
 * @returns the services that took none in the last round, each with the reason.
 */
export async function closedConnections(
  services: (Address & { service: string })[],
  withinSeconds: number,
): Promise<string[]> {
  const start = Date.now();
  for (let open = 0; ;) {
    const passed = Date.now() - start;
    // What is dropped on the way, TCP sends again only after a second: a new connection is sooner, unless the way is slow.
    const limit = passed < 3000 ? 250 : 2000;
    const closed = (await Promise.all(services.map((one) => closedService(one, limit)))).flat();
    open = closed.length === 0 ? open + 1 : 0;
    if (open === 3) return [];
    if (closed.length > 0 && passed >= withinSeconds * 1000) return closed;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @returns the service with the reason, unless it takes a connection. */
async function closedService(one: Address & { service: string }, limit: number): Promise<string[]> {
  try {
    return (await connects(one, limit)) ? [] : [`${one.service} (no answer on port ${String(one.port)})`];
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const where = syscall === "getaddrinfo" ? "" : ` on port ${String(one.port)}`;
    return [`${one.service} (${String(code)}${where})`];
  }
}
