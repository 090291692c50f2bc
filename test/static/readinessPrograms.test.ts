import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { format } from "prettier";
import { afterEach, beforeEach, expect, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";

const readiness = join(projectRoot, "components", "readiness");
const programs = ["readinessProgram.mjs", "connectionsProgram.mjs", "resultsProgram.mjs"];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "readiness-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** What the sources in a folder are bundled to. */
async function bundled(sources: string): Promise<string[]> {
  await execa(process.execPath, [join(sources, "bundle.ts"), folder]);
  return texts(folder);
}

function texts(where: string): Promise<string[]> {
  return Promise.all(programs.map((program) => readFile(join(where, program), "utf8")));
}

it("the programs of readiness and test Jobs are what the sources say", async () => {
  const advice = "run: npm run programs --workspace components; then: node test/golden/render.ts test/golden";
  expect(await bundled(readiness), advice).toEqual(await texts(readiness));
});

it("another comment or another form of the sources is no other program", async () => {
  const sources = join(folder, "sources");
  await cp(readiness, sources, { recursive: true });
  await symlink(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  for (const file of (await readdir(sources)).filter((name) => name.endsWith(".ts"))) {
    const path = join(sources, file);
    const text = await readFile(path, "utf8");
    const commented = text.replaceAll(
      /^(\s*)((?:async )?function|const|return|if|let)\b/gm,
      "$1// new\n$1$2",
    );
    await writeFile(
      path,
      await format(commented, { parser: "typescript", printWidth: 40, singleQuote: true }),
    );
  }
  expect(await bundled(sources)).toEqual(await texts(readiness));
});

it("the programs import nothing but what Node has", async () => {
  const imports = (await texts(readiness)).flatMap((text) => [
    ...text.matchAll(/\bfrom "([^"]+)"|\bimport\(/g),
  ]);
  expect(imports.map(([, name]) => name)).not.toEqual([]);
  expect(imports.filter(([, name = ""]) => !name.startsWith("node:"))).toEqual([]);
});
