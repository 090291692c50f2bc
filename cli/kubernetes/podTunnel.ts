import type { Socket } from "node:net";
import type { KubeConfig } from "#bundled/kubernetes";
import { PodSocket } from "./podSocket.ts";

/** A port of a pod. */
export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

const channels = { data: 0, error: 1 } as const;
/** Each channel begins with the port's number. */
const heading = 2;
/** Bytes that a caller may say before anybody answers and that are kept for another pod: more than a usual request has. */
const keptBytes = 1024 * 1024;
/** Milliseconds of silence after which a connection ends of which one side has said its last words. */
const lingers = 30_000;

/** A connection of a local caller, which is carried to one pod or, where that does not take it, to another. */
export class Caller {
  readonly #socket: Socket;
  /** What he said, as long as nobody has answered and it is not too much to be kept. */
  #unanswered: Buffer[] | undefined = [];
  #said = 0;
  #to: PodSocket | undefined;

  /** @param socket is paused, and may be open at one side alone. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#to?.close());
    socket.on("data", (data) => {
      this.#keep(data);
      void this.#pass(data);
    });
    // Nothing can tell the pod that he says nothing more, and he may still listen.
    socket.on("end", () => {
      this.#linger();
    });
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  /** Whether another pod may be asked: nobody has answered, and what was said is known. */
  get mayBeCarried(): boolean {
    return this.#unanswered !== undefined;
  }

  /**
   * Carries the connection to a pod's port until one of both ends it.
   * @returns why it did not come to a good end; it is still open where {@link mayBeCarried}.
   * @throws where the pod cannot be asked, and nothing was said to it.
   */
  async carriedTo(config: KubeConfig, { namespace, pod, port }: PodPort): Promise<string | undefined> {
    const heads = [heading, heading];
    let refusal: string | undefined;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${String(port)}`;
    const tunnel = await PodSocket.open(config, path, (tunnel, channel, message) => {
      const head = Math.min(heads[channel] ?? 0, message.length);
      heads[channel] = (heads[channel] ?? 0) - head;
      const data = message.subarray(head);
      if (data.length === 0) return;
      if (channel === channels.data) this.#answer(data, tunnel);
      else {
        refusal = data.toString();
        tunnel.close();
      }
    });
    this.#to = tunnel;
    if (this.isGone) tunnel.close();
    for (const data of this.#unanswered ?? []) void tunnel.send(channels.data, data);
    this.#socket.resume();
    const isWhole = await tunnel.ended;
    if (refusal !== undefined && this.mayBeCarried) this.#socket.pause();
    else if (refusal === undefined && isWhole) this.#end();
    else this.refuse();
    return refusal;
  }

  /** Ends it, so that the caller sees that something is wrong. */
  refuse(): void {
    this.#socket.resetAndDestroy();
  }

  #end(): void {
    this.#socket.end();
    this.#linger();
  }

  #linger(): void {
    this.#socket.setTimeout(lingers, () => this.#socket.destroy());
  }

  #answer(data: Buffer, tunnel: PodSocket): void {
    this.#unanswered = undefined;
    if (!this.#socket.write(data)) tunnel.whilePaused(drained(this.#socket));
  }

  #keep(data: Buffer): void {
    this.#said += data.length;
    if (this.#said > keptBytes) this.#unanswered = undefined;
    this.#unanswered?.push(data);
  }

  async #pass(data: Buffer): Promise<void> {
    this.#socket.pause();
    await this.#to?.send(channels.data, data);
    this.#socket.resume();
  }
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once("drain", resolve).once("close", resolve);
  });
}
