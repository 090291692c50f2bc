import { connect, type NetConnectOpts } from "node:net";

/** Whether something listens there, within two seconds. */
export async function answers(door: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...door, signal: AbortSignal.timeout(2000) });
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
