import type { Readable } from "node:stream";
import type { KubeConfig } from "#bundled/kubernetes";
import type { Container } from "./podLog.ts";
import { PodSocket } from "./podSocket.ts";

/** What a command in a pod is connected with. */
export interface Ends {
  input: Readable;
  /** Takes what it prints. @returns a promise where more must wait for it. */
  take: (output: "stdout" | "stderr", data: Buffer) => Promise<void> | undefined;
  /** The terminal that it gets. Default: none. */
  terminal?: Terminal;
  /** Is told where its input has an end that the cluster cannot hand on. */
  warn: (text: string) => void;
}

export interface Terminal {
  size: () => { columns?: number | undefined; rows?: number | undefined };
  /** Hands it over once the command has begun. Its size is asked for again after each call back. */
  begin: (resized: () => void) => void;
}

/** How a command ended: with its exit code, or why there is none. */
export type Execution = { exitCode: number } | { reason: string };

/** What the API server says last of a command, of its `V1Status`. */
interface Status {
  status?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, size: 4 } as const;
/** A person at a terminal, whose keys nobody answers, is told so after that time. */
const silence = 60_000;

/**
 * Runs a command in a container until it ends. @returns nothing where the connection was lost before.
 * @throws SocketRefused where the cluster does not let it begin.
 */
export async function execute(
  config: KubeConfig,
  container: Container,
  command: string[],
  { input, take, terminal, warn }: Ends,
  signal: AbortSignal,
): Promise<Execution | undefined> {
  let execution: Execution | undefined;
  const path = execPath(container, command, terminal !== undefined);
  const socket = await PodSocket.open(config, path, (socket, channel, data) => {
    if (channel === channels.status) {
      execution = executionOf(JSON.parse(data.toString()) as Status);
      socket.close();
    }
    if (data.length === 0 || (channel !== channels.stdout && channel !== channels.stderr)) return;
    const taken = take(channel === channels.stdout ? "stdout" : "stderr", data);
    if (taken !== undefined) socket.whilePaused(taken);
  });
  signal.addEventListener("abort", () => {
    socket.close();
  });
  if (terminal !== undefined) handOver(terminal, socket);
  // An input that cannot be read is one that has no more.
  handOn(input, socket, warn).catch(() => undefined);
  await socket.ended;
  signal.throwIfAborted();
  return execution;
}

/** The path of a request for a command. */
export function execPath(
  { namespace, pod, name }: Container,
  command: string[],
  hasTerminal: boolean,
): string {
  const query = new URLSearchParams({ container: name, stdin: "true", stdout: "true" });
  // A terminal has one output.
  query.set(hasTerminal ? "tty" : "stderr", "true");
  for (const word of command) query.append("command", word);
  return `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query.toString()}`;
}

/** What the status says with which the API server ends a command's connection. */
export function executionOf({ status, message = "", details }: Status): Execution {
  if (status === "Success") return { exitCode: 0 };
  const code = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message ?? "";
  return /^\d+$/.test(code) ? { exitCode: Number(code) } : { reason: message };
}

function handOver({ size, begin }: Terminal, socket: PodSocket): void {
  const show = () => {
    const { columns: Width = 80, rows: Height = 24 } = size();
    void socket.send(channels.size, Buffer.from(JSON.stringify({ Width, Height })));
  };
  show();
  begin(show);
  socket.giveUpAfter(silence);
}

async function handOn(input: Readable, socket: PodSocket, warn: (text: string) => void): Promise<void> {
  for await (const data of input as AsyncIterable<Buffer>) await socket.send(channels.stdin, data);
  if (socket.canEnd) await socket.end(channels.stdin);
  else warn("the command is not told that its input has ended: that takes Kubernetes 1.30 or later");
}
