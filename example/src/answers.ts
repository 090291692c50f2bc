import { CatalogueError, isHealthy, listSocks } from "./catalogue.ts";
import { findDeal } from "./deal.ts";
import type { Settings } from "./settings.ts";

export interface Answer {
  status: number;
  body: unknown;
}

type Responder = (query: URLSearchParams, settings: Settings) => Answer | Promise<Answer>;

const responders = new Map<string, Responder>([
  ["/deals", deal],
  ["/health", health],
  ["/version", (_query, { commit }) => ({ status: 200, body: { commit } })],
]);

export async function answer(method: string, target: string, settings: Settings): Promise<Answer> {
  const { path, query } = parseTarget(target);
  const responder = responders.get(path);
  if (responder === undefined) return refusal(404, `There is nothing at ${path}.`);
  if (method !== "GET") return refusal(405, `${path} answers GET only, not ${method}.`);
  return await responder(query, settings);
}

async function deal(query: URLSearchParams, settings: Settings): Promise<Answer> {
  const id = query.get("id") ?? "";
  if (!/^[1-9]\d{0,14}$/.test(id))
    return refusal(400, "The parameter id must be a positive integer, as in /deals?id=1.");
  try {
    const found = findDeal(Number(id), await listSocks(settings.catalogue));
    return found ? { status: 200, body: found } : refusal(404, `There is no deal ${id}.`);
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    console.error(error.message);
    return refusal(502, error.message);
  }
}

// 200 even without the catalogue, as all services of the shop do: restarting this one would not help.
async function health(_query: URLSearchParams, settings: Settings): Promise<Answer> {
  const status = (await isHealthy(settings.catalogue)) ? "OK" : "err";
  const time = new Date().toISOString();
  const body = {
    health: [
      { service: "deals", status: "OK", time },
      { service: "catalogue", status, time },
    ],
  };
  return { status: 200, body };
}

function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

function parseTarget(target: string): { path: string; query: URLSearchParams } {
  const [path = "", ...rest] = target.split("?");
  return { path, query: new URLSearchParams(rest.join("?")) };
}
