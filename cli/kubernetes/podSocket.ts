import { Exec, type KubeConfig } from "#bundled/kubernetes";

/** The socket that the client opens, as far as it is used. */
interface Socket {
  protocol: string;
  readyState: number;
  send: (data: Uint8Array, sent: () => void) => void;
  ping: () => void;
  pause: () => void;
  resume: () => void;
  close: () => void;
  terminate: () => void;
  on: (event: "close" | "pong", listener: (code?: number) => void) => void;
}

/** The API server's answer in place of a connection. */
export class SocketRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the cluster answers ${String(status)}`);
    this.status = status;
  }
}

const pingEvery = 5000;
const opensWithin = 30_000;
const closed = 3;
/** The code of a connection that ended without a word (RFC 6455). */
const lost = 1006;
const closeChannel = 255;

/** A connection to a pod, by way of the API server and the node, with channels that are told apart by their numbers. */
export class PodSocket {
  readonly #socket: Socket;
  readonly #beat: NodeJS.Timeout;
  #heard = Date.now();
  /** Once nothing more comes: whether one of both sides ended it, not something on the way. */
  readonly ended: Promise<boolean>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // What is on the way, such as a load balancer, forgets connections on which nothing is said.
    this.#beat = setInterval(() => {
      socket.ping();
    }, pingEvery).unref();
    socket.on("pong", () => (this.#heard = Date.now()));
    this.ended = new Promise((resolve) => {
      socket.on("close", (code) => {
        clearInterval(this.#beat);
        resolve(code !== lost);
      });
      if (socket.readyState === closed) resolve(false);
    });
  }

  /**
   * @param path of a pod's `exec` or `portforward`, with its query.
   * @param take gets what comes on a channel.
   * @throws SocketRefused where the cluster answers that it may not be, or that there is no such pod.
   */
  static async open(
    config: KubeConfig,
    path: string,
    take: (socket: PodSocket, channel: number, data: Buffer) => void,
  ): Promise<PodSocket> {
    const { handler } = new Exec(config);
    const early: [number, Buffer][] = [];
    let give = (channel: number, data: Buffer): void => {
      early.push([channel, data]);
    };
    const opening = handler.connect(path, null, (channel, data) => {
      give(channel, data);
      return true;
    }) as Promise<Socket>;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error(`no connection to the pod within ${String(opensWithin / 1000)} s`));
    }, opensWithin);
    try {
      const socket = new PodSocket(await Promise.race([opening, late.promise]));
      give = (channel, data) => {
        take(socket, channel, data);
      };
      for (const [channel, data] of early) give(channel, data);
      return socket;
    } catch (error) {
      throw refusal(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the other side can be told that the input of a channel has ended: since Kubernetes 1.30. */
  get canEnd(): boolean {
    return this.#socket.protocol.startsWith("v5.");
  }

  /** Is ready when more may be sent, also where the connection was lost: {@link ended} tells that. */
  send(channel: number, data: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.send(Buffer.concat([Buffer.of(channel), data]), resolve);
    });
  }

  end(channel: number): Promise<void> {
    return this.send(closeChannel, Buffer.of(channel));
  }

  /** Lets nothing more come until something has been done. */
  whilePaused(work: Promise<void>): void {
    this.#socket.pause();
    void work.finally(() => {
      this.#heard = Date.now();
      this.#socket.resume();
    });
  }

  /** Breaks the connection off once the other side has answered nothing for so many milliseconds. */
  giveUpAfter(silence: number): void {
    const watch = setInterval(() => {
      if (Date.now() - this.#heard > silence) this.#socket.terminate();
    }, pingEvery).unref();
    void this.ended.then(() => {
      clearInterval(watch);
    });
  }

  close(): void {
    this.#socket.close();
  }
}

/** The client gives an event. */
function refusal(event: unknown): Error {
  const { message = "", error = event } = event as { message?: string; error?: unknown };
  const [, status] = /^Unexpected server response: (\d+)$/.exec(message) ?? [];
  if (status !== undefined) return new SocketRefused(Number(status));
  return error instanceof Error ? error : new Error(message);
}
