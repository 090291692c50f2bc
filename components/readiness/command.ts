import { readFileSync } from "node:fs";

/** The bundled programs, as `bundle.ts` writes them. */
const programs = {
  readiness: new URL("./readinessProgram.mjs", import.meta.url),
  connections: new URL("./connectionsProgram.mjs", import.meta.url),
  results: new URL("./resultsProgram.mjs", import.meta.url),
};

/** Command that runs a program in any image with Node 22 or later. @param args as JSON. */
export function programCommand<Text>(program: keyof typeof programs, args: Text): (string | Text)[] {
  return ["node", "--input-type=module", "--eval", readFileSync(programs[program], "utf8"), args];
}
