// Writes what stacks give to Kubernetes into a folder: `node test/golden/render.ts test/golden`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { EphemeralEnvironment } from "../../components/index.ts";
import { manifestsOf, type Manifest } from "../../rendering/manifests.ts";
import { constructPreview } from "./preview.ts";
import { construct } from "../../rendering/construction.ts";
import { goldenStacks } from "./stacks.ts";

const [folder = "."] = process.argv.slice(2);
for (const [name, stack] of Object.entries(goldenStacks)) {
  const construction =
    "environment" in stack
      ? await construct(() => new EphemeralEnvironment(name, stack.environment))
      : await constructPreview(stack.changes);
  const manifests = manifestsOf(construction);
  writeFileSync(join(folder, `${name}.yaml`), manifests.map(toYaml).join("---\n"));
}

function toYaml({ apiVersion, kind, metadata, ...content }: Manifest): string {
  const parts = Object.entries({ metadata, ...content }).map(([key, value]) => part(key, value));
  return [part("apiVersion", apiVersion), part("kind", kind), ...parts].join("");
}

/** Sorted, since the order of keys means nothing; quoted as readers of YAML 1.1, such as kubectl, need it. */
function part(key: string, value: unknown): string {
  return stringify({ [key]: value }, { sortMapEntries: true, lineWidth: 0, compat: "yaml-1.1" });
}
