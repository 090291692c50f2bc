import {
  Agent as PlainAgent,
  request as plainRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { Agent, request } from "node:https";
import { proxyFor } from "./proxy.ts";

export interface WebRequest {
  method?: string;
  headers?: Record<string, string>;
  /** What is sent. Default: nothing. */
  body?: string;
  /** Milliseconds until it is given up. */
  limit: number;
  /** Name the proxy, if any. */
  variables: Record<string, string | undefined>;
  /** Ends it early. Default: nothing does. */
  signal?: AbortSignal;
}

/** An answer with its body. */
export interface WholeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** The most bytes of a body that are read. */
const longestBody = 2 ** 26;

/**
 * Status and headers of an answer, whatever they say; redirects are not followed. `fetch` knows no proxies without an
 * option that the whole process and its children would have to be started with, and other rules for NO_PROXY than Pulumi.
 * @throws when there is no answer in time.
 */
export async function answerOf(
  address: URL,
  request: WebRequest,
): Promise<Pick<IncomingMessage, "statusCode" | "headers">> {
  const response = await begunAnswer(address, request);
  response.destroy();
  return response;
}

/** The same with the body. @throws when the whole of it is not there in time, breaks off, or has more than 64 MiB. */
export async function wholeAnswerOf(address: URL, request: WebRequest): Promise<WholeAnswer> {
  const response = await begunAnswer(address, request);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) throw new Error(`it answers with more than ${String(longestBody)} bytes`);
    parts.push(part);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, text: Buffer.concat(parts).toString() };
}

async function begunAnswer(
  address: URL,
  { method = "GET", headers = {}, body, limit, variables, signal }: WebRequest,
): Promise<IncomingMessage> {
  const proxy = proxyFor(address, variables);
  const isPlain = address.protocol === "http:";
  const proxyEnv = proxy === undefined ? {} : { http_proxy: proxy, https_proxy: proxy };
  const agent = new (isPlain ? PlainAgent : Agent)({ proxyEnv });
  // The signal does not end the wait for a proxy's answer to CONNECT, the time-out does.
  const ends = [AbortSignal.timeout(limit), ...(signal === undefined ? [] : [signal])];
  const options = { method, headers, agent, timeout: limit, signal: AbortSignal.any(ends) };
  return new Promise((resolve, reject) => {
    const sent = (isPlain ? plainRequest : request)(address, options, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}
