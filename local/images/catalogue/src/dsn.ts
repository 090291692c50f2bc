export interface Database {
  user: string;
  password: string;
  host: string;
  port: number;
  name: string;
}

const shape =
  /^(?<user>[^:@]*)(?::(?<password>.*))?@tcp\((?<host>.+?)(?::(?<port>\d+))?\)\/(?<name>[^/?]+)(?:\?.*)?$/s;

/** Reads the data source names of Go's MySQL driver: nothing is escaped, and the password ends at the last `@`. */
export function parseDsn(dsn: string): Database {
  const { user = "", password = "", host = "", port = "3306", name = "" } = shape.exec(dsn)?.groups ?? {};
  // The name holds a password: it must not reach the log.
  if (name === "") throw new Error("The DSN must look like user:password@tcp(host:port)/database.");
  return { user, password, host, port: Number(port), name };
}
