import { parseDsn, type Database } from "./dsn.ts";

export interface Flags {
  port: number;
  database: Database;
}

/** The flags in the manner of Go: `-port=80`, `--port=80` or `-port 80`. */
export function parseFlags(words: string[]): Flags {
  const given = new Map<string, string>([
    ["port", "80"],
    ["DSN", "catalogue_user:default_password@tcp(catalogue-db:3306)/socksdb"],
  ]);
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = "", value = rest.shift()] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!given.has(name) || value === undefined) {
      throw new Error(
        `Unknown argument ${word}. Usage: /app [-port=80] [-DSN=user:password@tcp(host:port)/database]`,
      );
    }
    given.set(name, value);
  }
  return { port: Number(given.get("port")), database: parseDsn(given.get("DSN") ?? "") };
}
