import { connect as open } from "node:net";

/** Where something takes connections. */
export interface Address {
  host: string;
  port: number;
}

/**
 * Connects once. What a node drops, since it does not know yet that the policies allow it, TCP sends again only after a
 * second: a new connection is sooner.
 * @returns why there is no connection; nothing where there is one.
 */
export async function connect(address: Address, named: string): Promise<string | undefined> {
  try {
    for (const milliseconds of [250, 250, 250, 250, 1000])
      if (await connects(address, milliseconds)) return undefined;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return syscall === "getaddrinfo" ? String(code) : `${named}: ${String(code)}`;
  }
  return `${named}: no connection within 2 s`;
}

/** Whether a connection is made in time. @throws when it is refused. */
export function connects({ host, port }: Address, milliseconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = open({ host, port, timeout: milliseconds });
    const end = (isConnected: boolean) => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once("connect", () => {
      end(true);
    });
    socket.once("timeout", () => {
      end(false);
    });
    socket.once("error", reject);
  });
}
