import type { Agent, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, type KubeConfig } from "#bundled/kubernetes";
import { Failure } from "../../foundation/failure.ts";
import { LogPosition } from "./logPosition.ts";
import { serverOf, serverRequest } from "../access/serverRequest.ts";

export interface Container {
  namespace: string;
  pod: string;
  name: string;
}

const readAgainAfter = 1000;
/** Attempts in a row that bring nothing, after which a cluster counts as out of reach. */
const attempts = 30;

/**
 * The log of a container, as it is written, until `ended` says that its pod has ended; each line once. A stream that
 * breaks off, as when the API server restarts, is read again from where it was.
 * @param warn is told where lines may be missing.
 * @param silentFor milliseconds that the log may say nothing after its pod has ended: a connection that was dropped on
 * the way tells no end.
 */
export async function* podLog(
  config: KubeConfig,
  container: Container,
  ended: AbortSignal,
  warn: (text: string) => void,
  silentFor = 10_000,
): AsyncGenerator<string> {
  const position = new LogPosition();
  let failures = 0;
  for (let isLast = false; !isLast;) {
    const isOver = ended.aborted;
    position.resume();
    try {
      for await (const part of logParts(config, container, position.since, { ended, silentFor })) {
        failures = 0;
        const text = position.take(part);
        if (text !== "") yield text;
      }
      isLast = isOver;
    } catch (error) {
      const isRefused = error instanceof ApiException && error.code < 500;
      if (isRefused || ++failures === attempts) throw unreadable(error);
    }
    if (position.hasGap)
      warn("the node rotated the log while it could not be read: lines may be missing before these");
    if (!isLast)
      await sleep(readAgainAfter, undefined, isOver ? {} : { signal: ended }).catch(() => undefined);
  }
}

function unreadable(error: unknown): unknown {
  if (error instanceof ApiException) return error;
  return new Failure("unreachable", `the log of the tests cannot be read: ${(error as Error).message}`, {
    cause: error,
  });
}

async function* logParts(
  config: KubeConfig,
  { namespace, pod, name }: Container,
  since: string | undefined,
  end: { ended: AbortSignal; silentFor: number },
): AsyncGenerator<string> {
  const options: { headers?: OutgoingHttpHeaders; agent?: Agent } = {};
  await config.applyToHTTPSOptions(options);
  const query = new URLSearchParams({ container: name, follow: "true", timestamps: "true" });
  if (since !== undefined) query.set("sinceTime", since);
  const url = `${serverOf(config)}/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`;
  try {
    const response = await responseTo(url, options);
    breakOffWhenSilent(response, end);
    const decoder = new TextDecoder();
    for await (const chunk of response as AsyncIterable<Buffer>)
      yield decoder.decode(chunk, { stream: true });
  } finally {
    options.agent?.destroy();
  }
}

/** Breaks a log off that falls silent without an end, so that it is read again from there. */
function breakOffWhenSilent(
  response: IncomingMessage,
  { ended, silentFor }: { ended: AbortSignal; silentFor: number },
): void {
  response.socket.setKeepAlive(true, silentFor);
  const limit = () => {
    response.setTimeout(silentFor, () => response.destroy(new Error("its end was not heard")));
  };
  if (ended.aborted) limit();
  else ended.addEventListener("abort", limit, { once: true });
}

async function responseTo(url: string, options: object): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    serverRequest(url, options).on("response", resolve).on("error", reject).end();
  });
  const { statusCode = 0 } = response;
  if (statusCode === 200) return response;
  const body = await response.setEncoding("utf8").toArray();
  throw new ApiException(statusCode, "no log", body.join(""), {});
}
