import type { Database } from "./dsn.ts";
import { literal, query, type Row } from "./mysql.ts";

export interface Sock {
  id: string;
  name: string;
  description: string;
  imageUrl: string[];
  price: number;
  count: number;
  tag: string[];
}

export class DatabaseError extends Error {}

const queryLimit = 2000;

// Shorter than the second that probes wait by default.
const pingLimit = 800;

const tagged = "FROM sock JOIN sock_tag USING (sock_id) JOIN tag USING (tag_id)";
const columns =
  "sock_id, sock.name, description, image_url_1, image_url_2, price, count, GROUP_CONCAT(tag.name ORDER BY tag_id)";

export async function listSocks(database: Database, tags: string[]): Promise<Sock[]> {
  const rows = await ask(
    database,
    `SELECT ${columns} ${tagged} ${withAny(tags)} GROUP BY sock_id ORDER BY sock_id`,
  );
  return rows.map(toSock);
}

export async function findSock(database: Database, id: string): Promise<Sock | undefined> {
  const rows = await ask(
    database,
    `SELECT ${columns} ${tagged} WHERE sock_id = ${literal(id)} GROUP BY sock_id`,
  );
  return rows.map(toSock)[0];
}

export async function countSocks(database: Database, tags: string[]): Promise<number> {
  const rows = await ask(database, `SELECT COUNT(DISTINCT sock_id) ${tagged} ${withAny(tags)}`);
  return Number(rows[0]?.[0]);
}

export async function listTags(database: Database): Promise<string[]> {
  const rows = await ask(database, "SELECT name FROM tag ORDER BY tag_id");
  return rows.map(([name]) => name ?? "");
}

export async function isReachable(database: Database): Promise<boolean> {
  try {
    await query(database, "SELECT 1", pingLimit);
    return true;
  } catch {
    return false;
  }
}

async function ask(database: Database, statement: string): Promise<Row[]> {
  try {
    return await query(database, statement, queryLimit);
  } catch (error) {
    console.error("database error:", error instanceof Error ? error.message || error : error);
    throw new DatabaseError("database connection error", { cause: error });
  }
}

function withAny(tags: string[]): string {
  return tags.length === 0 ? "" : `WHERE tag.name IN (${tags.map(literal).join(", ")})`;
}

function toSock([id, name, description, imageUrl1, imageUrl2, price, count, tags]: Row): Sock {
  return {
    id: id ?? "",
    name: name ?? "",
    description: description ?? "",
    imageUrl: [imageUrl1 ?? "", imageUrl2 ?? ""],
    price: Number(price),
    count: Number(count),
    tag: (tags ?? "").split(","),
  };
}
