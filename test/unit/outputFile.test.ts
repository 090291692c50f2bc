import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { requireFolder, requireWritable } from "../../cli/commands/outputFile.ts";

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

it("a place where not even root can write is told before anything is done", async () => {
  const refused = { exitCode: 2, message: expect.stringContaining("can be written (ENOENT)") as string };
  await expect(requireFolder("--junit", "/proc/none")).rejects.toMatchObject(refused);
  await expect(requireFolder("--junit", "/proc")).rejects.toMatchObject(refused);
  await expect(requireWritable("--dossier", "/proc/none/file")).rejects.toMatchObject(refused);
});

it("nothing is left where it was looked", async () => {
  await requireFolder("--junit", join(folder, "results"));
  expect(readdirSync(folder).sort()).toEqual(["file", "folder"]);
});
