import { CatalogueError, isHealthy, listSocks } from "./catalogue.ts";
import { dealsOn } from "./deal.ts";
import { fileAnswers } from "./files.ts";
import { dealsPage, troublePage } from "./page.ts";
import type { Settings } from "./settings.ts";

export interface Answer {
  status: number;
  /** Media type of the content. */
  type: string;
  content: string;
}

type Responder = (query: URLSearchParams, settings: Settings) => Answer | Promise<Answer>;

const responders = new Map<string, Responder>([
  ["/", page],
  ["/deals", deal],
  ["/health", health],
  ["/version", (_query, { commit }) => json(200, { commit })],
  ...[...fileAnswers].map(([path, answer]) => [path, () => answer] as const),
]);

export async function answer(method: string, target: string, settings: Settings): Promise<Answer> {
  const { path, query } = parseTarget(target);
  const responder = responders.get(path);
  if (responder === undefined) return refusal(404, `There is nothing at ${path}.`);
  if (method !== "GET") return refusal(405, `${path} answers GET only, not ${method}.`);
  return await responder(query, settings);
}

/** What went wrong, in a sentence. */
export function refusal(status: number, error: string): Answer {
  return json(status, { error });
}

function page(_query: URLSearchParams, { catalogue, commit }: Settings): Promise<Answer> {
  return unlessWithout(
    async () => html(200, dealsPage(dealsOn(await listSocks(catalogue)), commit)),
    (reason) => html(502, troublePage(reason, commit)),
  );
}

function deal(query: URLSearchParams, { catalogue }: Settings): Answer | Promise<Answer> {
  const id = query.get("id") ?? "";
  if (!/^[1-9]\d{0,14}$/.test(id))
    return refusal(400, "The parameter id must be a positive integer, as in /deals?id=1.");
  return unlessWithout(
    async () => {
      const found = dealsOn(await listSocks(catalogue))[Number(id) - 1];
      return found ? json(200, found) : refusal(404, `There is no deal ${id}.`);
    },
    (reason) => refusal(502, reason),
  );
}

/** What is made of the catalogue's socks, or of the reason for which it gives none. */
async function unlessWithout(
  made: () => Promise<Answer>,
  without: (reason: string) => Answer,
): Promise<Answer> {
  try {
    return await made();
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    console.error(error.message);
    return without(error.message);
  }
}

// 200 even without the catalogue, as all services of the shop do: restarting this one would not help.
async function health(_query: URLSearchParams, settings: Settings): Promise<Answer> {
  const status = (await isHealthy(settings.catalogue)) ? "OK" : "err";
  const time = new Date().toISOString();
  return json(200, {
    health: [
      { service: "deals", status: "OK", time },
      { service: "catalogue", status, time },
    ],
  });
}

function json(status: number, body: unknown): Answer {
  return { status, type: "application/json; charset=utf-8", content: `${JSON.stringify(body)}\n` };
}

function html(status: number, content: string): Answer {
  return { status, type: "text/html; charset=utf-8", content };
}

function parseTarget(target: string): { path: string; query: URLSearchParams } {
  const [path = "", ...rest] = target.split("?");
  return { path, query: new URLSearchParams(rest.join("?")) };
}
