// Writes the programs as they go into pods into a folder: `node components/readiness/bundle.ts components/readiness`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const [folder = "."] = process.argv.slice(2);
for (const name of ["readinessProgram", "connectionsProgram", "resultsProgram"]) {
  const input = join(import.meta.dirname, `${name}.ts`);
  await using bundle = await rolldown({
    ...{ input, platform: "node", transform: { target: "node22" } },
    experimental: { attachDebugInfo: "none" },
  });
  // Without comments and the layout of the sources, so that only other code makes another Job.
  const { output } = await bundle.generate({ comments: false });
  writeFileSync(join(folder, `${name}.mjs`), output[0].code);
}
