import type { Agent, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, type KubeConfig } from "#bundled/kubernetes";
import { Failure } from "../local/failure.ts";
import { LogPosition } from "./logPosition.ts";
import { serverOf, serverRequest } from "./serverRequest.ts";

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
 */
export async function* podLog(
  config: KubeConfig,
  container: Container,
  ended: AbortSignal,
  warn: (text: string) => void,
): AsyncGenerator<string> {
  const position = new LogPosition();
  let failures = 0;
  for (let isLast = false; !isLast;) {
    const isOver = ended.aborted;
    position.resume();
    try {
      for await (const part of logParts(config, container, position.since, ended)) {
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
  ended: AbortSignal,
): AsyncGenerator<string> {
  const options: { headers?: OutgoingHttpHeaders; agent?: Agent } = {};
  await config.applyToHTTPSOptions(options);
  const query = new URLSearchParams({ container: name, follow: "true", timestamps: "true" });
  if (since !== undefined) query.set("sinceTime", since);
  const url = `${serverOf(config)}/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`;
  try {
    const response = await responseTo(url, options);
    const { heard, cutOff } = endsWithin(response, ended);
    const decoder = new TextDecoder();
    for await (const chunk of response as AsyncIterable<Buffer>) {
      heard();
      yield decoder.decode(chunk, { stream: true });
      heard();
    }
    cutOff();
  } finally {
    options.agent?.destroy();
  }
}

/** How long a log may take to end after its pod: a connection that was dropped on the way says nothing of it. */
const endsAfter = 10_000;

/** Breaks a log off that does not end with its pod, so that it is read again from there. @returns what calls that off. */
function endsWithin(
  response: IncomingMessage,
  ended: AbortSignal,
): { heard: () => void; cutOff: () => void } {
  response.socket.setKeepAlive(true, endsAfter);
  let limit: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(limit);
    limit = setTimeout(() => response.destroy(new Error("its end was not heard")), endsAfter);
  };
  if (ended.aborted) wait();
  else ended.addEventListener("abort", wait);
  return {
    // As long as it tells something, it may take its time.
    heard: () => {
      if (ended.aborted) wait();
    },
    cutOff: () => {
      clearTimeout(limit);
      ended.removeEventListener("abort", wait);
    },
  };
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
