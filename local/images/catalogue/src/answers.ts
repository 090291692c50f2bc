import type { Database } from "./dsn.ts";
import { countSocks, DatabaseError, findSock, isReachable, listSocks, listTags, type Sock } from "./socks.ts";

/** The published catalogue's answers, with their oddities: its callers know these. */

export interface Answer {
  status: number;
  body: unknown;
}

const notFound: Answer = {
  status: 404,
  body: { error: "not found", status_code: 404, status_text: "Not Found" },
};

export async function answer(method: string, target: string, database: Database): Promise<Answer> {
  const [path = "", search = ""] = target.split("?", 2);
  try {
    const found = method === "GET" ? await get(path, new URLSearchParams(search), database) : undefined;
    return found ?? notFound;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const body = { error: error.message, status_code: 500, status_text: "Internal Server Error" };
    return { status: 500, body };
  }
}

async function get(path: string, search: URLSearchParams, database: Database): Promise<Answer | undefined> {
  if (path === "/catalogue") return ok(page(await listSocks(database, tagsOf(search)), search));
  if (path === "/catalogue/size") return ok({ size: await countSocks(database, tagsOf(search)), err: null });
  if (path === "/tags") return ok({ tags: await listTags(database), err: null });
  if (path.startsWith("/health")) return ok(await health(database));
  const [, id] = /^\/catalogue\/([^/]+)$/.exec(path) ?? [];
  return id === undefined ? undefined : await one(id, database);
}

/** A single sock is "not found" also when the database is. */
async function one(id: string, database: Database): Promise<Answer> {
  try {
    const sock = await findSock(database, decodeURIComponent(id));
    return sock ? ok(sock) : notFound;
  } catch {
    return notFound;
  }
}

/** Pages count from 1, and what is not a number counts as 0. An order is accepted but has no effect: the list is by id. */
function page(socks: Sock[], search: URLSearchParams): Sock[] | null {
  const number = integer(search.get("page"), 1);
  const size = integer(search.get("size"), 10);
  const start = (number - 1) * size;
  if (number <= 0 || size <= 0 || start > socks.length) return [];
  return socks.length === 0 ? null : socks.slice(start, start + size);
}

function integer(text: string | null, absent: number): number {
  if (!text) return absent;
  return /^[+-]?\d+$/.test(text) ? Number(text) : 0;
}

function tagsOf(search: URLSearchParams): string[] {
  const tags = search.get("tags");
  return tags ? tags.split(",") : [];
}

async function health(database: Database): Promise<unknown> {
  const status = (await isReachable(database)) ? "OK" : "err";
  const time = new Date().toISOString();
  return {
    health: [
      { service: "catalogue", status: "OK", time },
      { service: "catalogue-db", status, time },
    ],
  };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}
