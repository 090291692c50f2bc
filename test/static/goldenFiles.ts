import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectRoot } from "../../foundation/folders.ts";
import type { Manifest } from "../../rendering/manifest.ts";

interface GoldenFile {
  name: string;
  text: string;
  manifests: Manifest[];
}

const folder = join(projectRoot, "test", "golden");

export const goldenFiles: GoldenFile[] = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return { name, text, manifests: parseAllDocuments(text).map((document) => document.toJS() as Manifest) };
  });

export function manifestsOf(file: string): Manifest[] {
  const golden = goldenFiles.find(({ name }) => name === file);
  if (golden === undefined) throw new Error(`test/golden has no ${file}`);
  return golden.manifests;
}
