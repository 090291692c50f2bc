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

/** What of a log is read at first. Default: all of it. */
export interface LogStart {
  tailLines?: number | undefined;
  sinceSeconds?: number | undefined;
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
 * @param start what of it is of interest. Default: all.
 */
export async function* podLog(
  config: KubeConfig,
  container: Container,
  ended: AbortSignal,
  warn: (text: string) => void,
  silentFor = 10_000,
  start: LogStart = {},
): AsyncGenerator<string> {
  const position = new LogPosition();
  let failures = 0;
  for (let isLast = false; !isLast;) {
    const isOver = ended.aborted;
    position.resume();
    try {
      const { since } = position;
      const from = since === undefined ? queryOf(start) : { sinceTime: since };
      const query = { follow: "true", timestamps: "true", ...from };
      for await (const part of logParts(config, container, query, { ended, silentFor })) {
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

/** The log of a container as far as it is written. */
export function writtenLog(
  config: KubeConfig,
  container: Container,
  start: LogStart,
): AsyncGenerator<string> {
  // Who reads it may take his time, as at a pager.
  const end = { ended: new AbortController().signal, silentFor: 10_000 };
  return logParts(config, container, queryOf(start), end);
}

function queryOf(start: LogStart): Record<string, string> {
  const given = Object.entries(start).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function unreadable(error: unknown): unknown {
  if (error instanceof ApiException) return error;
  return new Failure("unreachable", `the log cannot be read: ${(error as Error).message}`, {
    cause: error,
  });
}

async function* logParts(
  config: KubeConfig,
  { namespace, pod, name }: Container,
  query: Record<string, string>,
  end: { ended: AbortSignal; silentFor: number },
): AsyncGenerator<string> {
  const options: { headers?: OutgoingHttpHeaders; agent?: Agent } = {};
  await config.applyToHTTPSOptions(options);
  const wanted = new URLSearchParams({ container: name, ...query }).toString();
  const url = `${serverOf(config)}/api/v1/namespaces/${namespace}/pods/${pod}/log?${wanted}`;
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
