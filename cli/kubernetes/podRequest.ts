import { request, type IncomingMessage } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { PortForward, type KubeConfig } from "#bundled/kubernetes";

/** A page of one pod. */
export interface PodPage {
  namespace: string;
  pod: string;
  port: number;
  path: string;
  /** As the kubelet names it when it asks. */
  host: string;
}

export interface PodAnswer {
  status: number;
  body: string;
}

/** What the port of a pod did instead of answering; anything else that is thrown means that it could not be asked. */
export class NoAnswer extends Error {}

/**
 * Asks a pod for a page by way of its node, which network policies always allow, whether the pod counts as ready or not.
 * @throws NoAnswer when nothing listens there, or says nothing in time.
 */
export async function askPod(config: KubeConfig, page: PodPage, milliseconds: number): Promise<PodAnswer> {
  const [received, sent, refused] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const forward = new PortForward(config, false);
  const { namespace, pod, port } = page;
  const tunnel = (await forward.portForward(namespace, pod, [port], received, refused, sent)) as WebSocket;
  const late = AbortSignal.timeout(milliseconds);
  try {
    tunnel.addEventListener("close", () => received.end());
    const refusal = new Promise<never>((_resolve, reject) => {
      refused.once("data", (reason: Buffer) => {
        reject(
          new NoAnswer(reason.toString().includes("connection refused") ? "ECONNREFUSED" : reason.toString()),
        );
      });
      late.addEventListener("abort", () => {
        reject(new NoAnswer(`no answer within ${String(milliseconds / 1000)} s`));
      });
    });
    return await Promise.race([
      refusal,
      answerOver(Duplex.from({ readable: received, writable: sent }), page),
    ]);
  } finally {
    tunnel.close();
  }
}

async function answerOver(connection: Duplex, { path, host, port }: PodPage): Promise<PodAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { host: `${host}:${String(port)}`, connection: "close" };
    request({ path, headers, createConnection: () => connection }, resolve)
      .on("error", (error) => {
        reject(new NoAnswer(error.message));
      })
      .end();
  });
  return { status: response.statusCode ?? 0, body: await bodyOf(response) };
}

const longestPage = 1_000_000;

/** @throws NoAnswer when it has no end, or is longer than any page about a service's health. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    body += chunk;
    if (body.length > longestPage) throw new NoAnswer("its page has more than 1 MB");
  }
  return body;
}
