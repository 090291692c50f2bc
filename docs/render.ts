// Rewrites the generated parts of the pages: `npm run docs`.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { format, resolveConfig } from "prettier";
import { roomPicture, roomTable } from "./render/architecture.ts";
import { causeTable } from "./render/causeTable.ts";
import { errorTable } from "./render/mistakes.ts";
import { backingTable, functionTable, graphPicture, serviceTable, trustTable } from "./render/modelTables.ts";
import { lookRightTable, permissionTable } from "./render/permissionTable.ts";
import { rbacManifest } from "./render/rbacManifest.ts";
import { standingManifest } from "./render/standingManifest.ts";
import { installation, listing } from "./render/ownApplication.ts";
import { argumentTable, componentTable, outputTable, typeTable, type LinkTo } from "./render/schemaTables.ts";

export const docsFolder = import.meta.dirname;

/** Pages that have generated parts. */
export function pages(): string[] {
  return globSync(
    [
      "components/*.md",
      "addresses.md",
      "backing.md",
      "own-application.md",
      "trust.md",
      "life-span.md",
      "rbac.md",
      "failures.md",
      "architecture.md",
    ],
    {
      cwd: docsFolder,
    },
  ).map((page) => join(docsFolder, page));
}

type Part = (name: string, link: LinkTo) => string;

const parts: Record<string, Part> = {
  arguments: argumentTable,
  outputs: outputTable,
  type: typeTable,
  components: componentTable,
  errors: errorTable,
  services: serviceTable,
  functions: functionTable,
  graph: graphPicture,
  backing: backingTable,
  trust: trustTable,
  permissions: permissionTable,
  lookRights: lookRightTable,
  causes: causeTable,
  roomPicture,
  roomTable,
  listing,
  installation,
};

const generated = /<!-- generated: (?<kind>\w+) ?(?<name>\w*) -->.*?<!-- end -->/gs;

/** The text of a page with its generated parts as they should be. @throws on a part that nothing generates. */
export async function rendered(page: string): Promise<string> {
  const homes = homesOfTypes();
  const link: LinkTo = (type) => {
    const home = homes.get(type);
    if (home === undefined) throw new Error(`no page has the part <!-- generated: type ${type} -->`);
    return `${home === page ? "" : relative(join(page, ".."), home)}#${type.toLowerCase()}`;
  };
  const text = readFileSync(page, "utf8").replace(generated, (_part, kind: string, name: string) => {
    const part = parts[kind];
    if (part === undefined) throw new Error(`${page}: nothing generates the part "${kind}"`);
    return `<!-- generated: ${`${kind} ${name}`.trim()} -->\n\n${part(name, link)}\n\n<!-- end -->`;
  });
  return format(text, { ...(await resolveConfig(page)), filepath: page });
}

/** Name of each type to the page that describes it. */
function homesOfTypes(): Map<string, string> {
  return new Map(
    pages().flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/<!-- generated: type (\w+) -->/g)].map(
        ([, type = ""]) => [type, page] as const,
      ),
    ),
  );
}

export const rbacFile = join(docsFolder, "..", "ci", "rbac.yaml");
export const standingFile = join(docsFolder, "..", "ci", "standing.yaml");

/** Files with roles, and what each should be. */
const manifests = { [rbacFile]: rbacManifest, [standingFile]: standingManifest };

/** A file with roles as it should be. */
export async function renderedManifest(file: string): Promise<string> {
  return format(manifests[file]?.() ?? "", { ...(await resolveConfig(file)), filepath: file });
}

if (import.meta.main) {
  for (const file of Object.keys(manifests)) writeFileSync(file, await renderedManifest(file));
  for (const page of pages()) writeFileSync(page, await rendered(page));
}
