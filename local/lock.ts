import { rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Work } from "./work.ts";

/**
 * Runs `run` while no other process of this machine does under the same name, and waits for its turn. The lock is a
 * listening socket: its owner loses it however it ends, and the end of its connections wakes those who wait.
 */
export async function exclusively<T>(
  name: string,
  waitingFor: string,
  { progress, signal }: Work,
  run: () => Promise<T>,
): Promise<T> {
  let release = await tryLock(name);
  if (release === undefined) progress(`${waitingFor}: waiting for it ...`);
  while (release === undefined) {
    await released(name, signal);
    signal.throwIfAborted();
    release = await tryLock(name);
  }
  try {
    return await run();
  } finally {
    release();
  }
}

/** Takes the lock if it is free. @returns what gives it back. */
async function tryLock(name: string): Promise<(() => void) | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => waiting.add(socket.on("error", () => undefined)));
  // A lock alone is no reason for the process to go on.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address(name), () => {
      resolve(() => {
        server.close();
        for (const socket of waiting) socket.destroy();
      });
    });
  });
}

/** Ends when the owner of the lock closes its socket, or when the signal comes. */
function released(name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path: address(name), signal });
    socket.resume();
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // Outside of Linux the owner of a socket leaves its file behind when it is killed.
      if (error.code === "ECONNREFUSED" && !abstract) rmSync(address(name), { force: true });
      resolve();
    });
    socket.once("close", () => {
      resolve();
    });
  });
}

/** Linux has sockets without a file. */
const abstract = process.platform === "linux";

function address(name: string): string {
  return abstract ? `\0${name}` : join(tmpdir(), `${name}.lock`);
}
