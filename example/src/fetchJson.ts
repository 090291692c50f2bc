import { get, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";

/** The JSON at the URL. An error's message completes the sentence "The server ...". */
export async function fetchJson(url: string, limit: number): Promise<unknown> {
  const signal = AbortSignal.timeout(limit);
  try {
    return await bodyOf(await open(url, signal));
  } catch (error) {
    if (signal.aborted) throw new Error(`did not answer within ${String(limit / 1000)} s`, { cause: error });
    throw error;
  }
}

function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Without an agent the connection closes with the answer: a pooled one would outlive a change of network policy.
    get(url, { agent: false, signal }, resolve).on("error", (error: NodeJS.ErrnoException) => {
      reject(new Error(`could not be reached (${error.code ?? error.message})`, { cause: error }));
    });
  });
}

async function bodyOf(response: IncomingMessage): Promise<unknown> {
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`answered with status ${String(response.statusCode)}`);
  }
  try {
    return await json(response);
  } catch (error) {
    throw new Error("gave an answer that is not complete JSON", { cause: error });
  }
}
