import { createInterface } from "node:readline";
import { execa } from "execa";
import { admin } from "./shell.ts";

/** A TCP connection to try: `open` when it is made, else the error's code. */
export interface Attempt {
  host: string;
  port: number;
}

/**
 * Runs in a pod: listens on the ports that are free there, says so, tries the connections that it is sent as a line of
 * JSON, answers with the results, and waits for the next line.
 */
const program = `
const net = require("node:net");
const answer = (text) => process.stdout.write(text + "\\n");
const listen = (port) => new Promise((resolve) => {
  const server = net.createServer((socket) => socket.on("error", () => {}).end());
  server.on("error", resolve).listen(port, resolve);
});
const attempt = ({ host, port }) => new Promise((resolve) => {
  const socket = net.connect({ host, port, timeout: 3000 });
  const done = (result) => { socket.destroy(); resolve(result); };
  socket.on("connect", () => done("open")).on("timeout", () => done("timeout")).on("error", (e) => done(e.code));
});
(async () => {
  await Promise.all(JSON.parse(process.argv[1]).map(listen));
  answer("listening");
  for await (const line of require("node:readline").createInterface({ input: process.stdin })) {
    answer(JSON.stringify(await Promise.all(JSON.parse(line).map(attempt))));
  }
  process.exit();
})();`;

/** Starts a process in a pod. @param container Default: the pod's first. */
function start(namespace: string, target: string, ports: number[], container?: string) {
  const node = ["node", "--max-old-space-size=24", "--eval", program, JSON.stringify(ports)];
  const chosen = container === undefined ? [] : ["--container", container];
  const args = ["exec", "-i", "-n", namespace, target, ...chosen, "--", ...node];
  return execa("kubectl", args, { env: admin, reject: false, buffer: { stdout: false } });
}

/** A process in a pod that answers connections on all of some ports, and tries connections. */
export class ConnectionProbe {
  private readonly process: ReturnType<typeof start>;
  private readonly lines: AsyncIterator<string>;

  private constructor(process: ReturnType<typeof start>) {
    this.process = process;
    this.lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** @returns a probe that listens on the ports which are free in the pod. */
  static async start(
    namespace: string,
    target: string,
    ports: number[],
    container?: string,
  ): Promise<ConnectionProbe> {
    const probe = new ConnectionProbe(start(namespace, target, ports, container));
    if ((await probe.line()) !== "listening") throw new Error(`the probe in ${target} does not listen`);
    return probe;
  }

  /** Tries connections. @returns how each ended, in the same order. */
  async attempt(attempts: Attempt[]): Promise<string[]> {
    this.process.stdin.write(`${JSON.stringify(attempts)}\n`);
    return JSON.parse(await this.line()) as string[];
  }

  async end(): Promise<void> {
    this.process.stdin.end();
    await this.process;
  }

  private async line(): Promise<string> {
    const next = await this.lines.next();
    if (next.done !== true) return next.value;
    const { stderr } = await this.process;
    throw new Error(`a probe ended: ${stderr}`);
  }
}
