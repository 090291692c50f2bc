import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { requireWritable } from "../../cli/commands/outputFile.ts";

const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
mkdirSync(join(folder, "folder"));
writeFileSync(join(folder, "file"), "");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each(["new", "file", "missing/folders/new"])("a file can be written as %s", async (name) => {
  await requireWritable("--dossier", join(folder, name));
});

it.each([
  ["", '--dossier is "" but must be a file that can be written (it has no name): name another one'],
  ["folder", "(it is a folder)"],
  ["file/new", "(ENOTDIR)"],
])("a file cannot be written as %j", async (name, sentence) => {
  const path = name === "" ? "" : join(folder, name);
  await expect(requireWritable("--dossier", path)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(sentence) as string,
  });
});
