import { z } from "zod";
import type { Form } from "../../components/model/index.ts";
import { required } from "../../foundation/required.ts";
import { defused } from "./harmless.ts";

const oneLine: Form<string> = {
  schema: z.string().regex(/^\P{Cc}*$/u),
  rule: "one line without control characters",
};

/** A variable as a shell takes it. Who prints it in a job gives no command to the job's runner. @throws on several lines. */
export function assignment([name, value]: [string, string]): string {
  const quoted = `'${required(name, value, oneLine).replaceAll("'", `'\\''`)}'`;
  return `export ${name}=${defused(quoted, (character) => `${character}''`)}\n`;
}
