import { connect, createServer, type Server } from "node:net";

/**
 * Runs `work` while no other process of this machine does under the same name, and waits for its turn. The lock is a
 * socket without a file: the kernel takes it back however its owner ends.
 */
export async function exclusively<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const address = `\0${name}`;
  let lock = await tryLock(address);
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await released(address);
    lock = await tryLock(address);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

interface Lock {
  release: () => void;
}

async function tryLock(address: string): Promise<Lock | undefined> {
  const waiting = new Set<{ destroy: () => void }>();
  const server: Server = createServer((socket) => waiting.add(socket.on("error", () => undefined)));
  // A lock alone is no reason for the process to go on.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      resolve({
        release: () => {
          server.close();
          for (const socket of waiting) socket.destroy();
        },
      });
    });
  });
}

/** Ends when the owner of the lock closes its socket. */
function released(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.resume();
    socket.once("error", () => {
      resolve();
    });
    socket.once("close", () => {
      resolve();
    });
  });
}
