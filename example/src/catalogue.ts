import { fetchJson } from "./fetchJson.ts";

export interface Sock {
  id: string;
  name: string;
  price: number;
}

export class CatalogueError extends Error {}

const answerLimit = 2000;

// Shorter than the second that a probe of this service waits by default.
const healthLimit = 800;

/**
 * Without a size the catalogue gives its first ten socks. A size beyond its end means the whole list, in one
 * consistent answer; this one also fits a 32-bit integer.
 */
const wholeList = "/catalogue?page=1&size=2147483647";

export async function listSocks(address: string): Promise<Sock[]> {
  const answer = await ask(address, wholeList, answerLimit);
  // The catalogue says null when it has no socks.
  const socks = answer ?? [];
  if (Array.isArray(socks) && socks.every(isSock)) return socks;
  throw new CatalogueError(`The catalogue at ${address} answered with something else than a list of socks.`);
}

/** The catalogue answers 200 even without its database: only the body tells. */
export async function isHealthy(address: string): Promise<boolean> {
  try {
    const answer = await ask(address, "/health", healthLimit);
    return statuses(answer).every((status) => status === "OK");
  } catch (error) {
    if (error instanceof CatalogueError) return false;
    throw error;
  }
}

async function ask(address: string, path: string, limit: number): Promise<unknown> {
  try {
    return await fetchJson(`http://${address}${path}`, limit);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CatalogueError(`The catalogue at ${address} ${cause}.`, { cause: error });
  }
}

function statuses(answer: unknown): unknown[] {
  if (!isObject(answer) || !Array.isArray(answer.health)) return ["unknown"];
  return answer.health.map((entry: unknown) => (isObject(entry) ? entry.status : "unknown"));
}

function isSock(value: unknown): value is Sock {
  return (
    isObject(value) &&
    typeof value.id === "string" &&
    typeof value.name === "string" &&
    typeof value.price === "number"
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
