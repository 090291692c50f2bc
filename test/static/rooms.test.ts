import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { execa } from "execa";
import ts from "typescript";
import { expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { folderOf, rooms } from "./rooms.ts";

/** Programs of their own, which the others never import. */
const apart = /^local\/(images|tools)\/|^components\/dist\//;

const enters = new Map(Object.entries(rooms).map(([room, { enters }]) => [folderOf(room), enters]));

async function sources(): Promise<string[]> {
  const tops = ["cli", "components", "foundation", "local", "stacks", "tuning", "vendor"];
  const { stdout } = await execa("git", ["ls-files", "--", ...tops], { cwd: projectRoot });
  return stdout.split("\n").filter((path) => path.endsWith(".ts") && !apart.test(path));
}

/** Files of ours that one imports, in whatever way. */
function imported(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(projectRoot, path), "utf8"), true, true);
  const own = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
  return own.map((name) => normalize(join(dirname(path), name)));
}

test("every folder is a room", async () => {
  const folders = new Set((await sources()).map(dirname));
  // What is bundled is not entered by its path.
  expect([...folders].filter((folder) => !enters.has(folder) && folder !== "vendor/packages")).toEqual([]);
});

test("no import leads where its room may not enter, not even one that is made when it is needed", async () => {
  const wrong = (await sources()).flatMap((path) => {
    const folder = dirname(path);
    const allowed = enters.get(folder) ?? [];
    return imported(path)
      .filter((target) => dirname(target) !== folder)
      .filter((target) => !allowed.includes(target) && !allowed.includes(dirname(target)))
      .map((target) => `${path} -> ${target}`);
  });
  expect(wrong).toEqual([]);
});
