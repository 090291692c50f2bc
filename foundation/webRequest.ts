import { Agent as PlainAgent, request as plainRequest, type IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { proxyFor } from "./proxy.ts";

export interface WebRequest {
  method?: string;
  headers?: Record<string, string>;
  /** Milliseconds until it is given up. */
  limit: number;
  /** Name the proxy, if any. */
  variables: Record<string, string | undefined>;
}

/**
 * Status and headers of an answer, whatever they say; redirects are not followed. `fetch` knows no proxies without an
 * option that the whole process and its children would have to be started with, and other rules for NO_PROXY than Pulumi.
 * @throws when there is no answer in time.
 */
export async function answerOf(
  address: URL,
  { method = "GET", headers = {}, limit, variables }: WebRequest,
): Promise<Pick<IncomingMessage, "statusCode" | "headers">> {
  const proxy = proxyFor(address, variables);
  const isPlain = address.protocol === "http:";
  const proxyEnv = proxy === undefined ? {} : { http_proxy: proxy, https_proxy: proxy };
  const agent = new (isPlain ? PlainAgent : Agent)({ proxyEnv });
  // The signal does not end the wait for a proxy's answer to CONNECT, the time-out does.
  const options = { method, headers, agent, timeout: limit, signal: AbortSignal.timeout(limit) };
  return new Promise((resolve, reject) => {
    const sent = (isPlain ? plainRequest : request)(address, options, (response) => {
      response.destroy();
      resolve(response);
    });
    sent.on("error", reject);
    sent.end();
  });
}
