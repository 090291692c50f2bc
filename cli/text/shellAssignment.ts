import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { defused } from "./harmless.ts";

/** A variable as a shell takes it. Who prints it in a job gives no command to the job's runner. @throws on several lines. */
export function assignment([name, value]: [string, string]): string {
  if (/\p{Cc}/u.test(value))
    throw new Failure("usage", `${name} is ${shown(value)} but must be one line without control characters`);
  const quoted = `'${value.replaceAll("'", `'\\''`)}'`;
  return `export ${name}=${defused(quoted, (character) => `${character}''`)}\n`;
}
