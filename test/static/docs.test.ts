import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { docsFolder, pages, rendered } from "../../docs/render.ts";
import { componentNames, pageName } from "../../docs/render/schemaTables.ts";
import { projectRoot } from "../../foundation/folders.ts";

const components = join(projectRoot, "components");
const folder = mkdtempSync(join(tmpdir(), "dynenv-docs-"));
/** What the package shows those who have it from a registry. */
const ofPackage = join(components, "README.md");
const examples = Object.fromEntries([...pages(), ofPackage].map((page) => [page, writeExamples(page)]));
// These take seconds, during which the other tests run.
const schema = execa(process.execPath, [join(components, "plugin", "writeSchema.ts")]);
const typeCheck = execa("tsc", [], {
  ...{ cwd: folder, preferLocal: true, localDir: projectRoot },
  ...{ all: true, reject: false },
});

afterAll(async () => {
  await Promise.allSettled([schema, typeCheck]);
  rmSync(folder, { recursive: true });
});

it("components/schema.json is what the sources say", async () => {
  const { stdout } = await schema;
  const advice = "run: npm run schema --workspace components; then: npm run docs";
  expect(`${stdout}\n`, advice).toBe(readFileSync(join(components, "schema.json"), "utf8"));
});

it("components/schema.json binds nobody to a version of a provider", () => {
  const text = readFileSync(join(components, "schema.json"), "utf8");
  expect((JSON.parse(text) as { dependencies: unknown[] }).dependencies).toEqual([]);
  expect(text).not.toMatch(/"\$ref": "(?!#)/);
});

it("every example compiles", async () => {
  expect(Object.values(examples).flat().length).toBeGreaterThanOrEqual(componentNames.length);
  const { exitCode, all } = await typeCheck;
  expect(exitCode, all).toBe(0);
});

it("the package's own page has an example that makes an environment", async () => {
  const created = (await Promise.all((examples[ofPackage] ?? []).map(objectsOf))).flat();
  expect(created).toEqual(
    expect.arrayContaining(["Namespace/env-feature-login", "Deployment/deals", "Deployment/catalogue-db"]),
  );
});

describe.each(pages().map((page) => [relative(projectRoot, page), page]))("%s", (_title, page) => {
  it("has generated parts that are up to date", async () => {
    expect(readFileSync(page, "utf8"), "run: npm run docs").toBe(await rendered(page));
  });

  it("has links that lead somewhere", () => {
    const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)];
    const dead = links.filter(([, file = "", section = ""]) => {
      const target = file === "" ? page : join(page, "..", file);
      return !existsSync(target) || (section !== "" && !sections(target).includes(section));
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });
});

describe.each(componentNames)("the page of %s", (component) => {
  const page = join(docsFolder, "components", `${pageName(component)}.md`);

  it("exists, with all of its parts", () => {
    const text = readFileSync(page, "utf8");
    const parts = ["arguments", "outputs", "errors"].map(
      (part) => `<!-- generated: ${part} ${component} -->`,
    );
    for (const part of [`# ${component}\n`, "```mermaid\n", "```ts\n", ...parts])
      expect(text).toContain(part);
  });

  it("pictures what its examples create in Kubernetes", async () => {
    const created: string[] = [];
    for (const example of examples[page] ?? []) created.push(...(await objectsOf(example)));
    expect([...new Set(created)].sort()).toEqual([...new Set(pictured(page))].sort());
  });
});

/** Writes the examples of a page into a folder in which they compile and run against the sources. @returns their paths. */
function writeExamples(page: string): string[] {
  if (!existsSync(join(folder, "tsconfig.json"))) {
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    const tsconfig = { extends: join(projectRoot, "tsconfig.json"), include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  }
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)];
  return blocks.map(([, text = ""], index) => {
    const name = relative(projectRoot, page).replaceAll(/\W/g, "-");
    const file = join(folder, `${name}-${String(index + 1)}.ts`);
    writeFileSync(file, text.replace('"dynamic-environments"', JSON.stringify(join(components, "index.ts"))));
    return file;
  });
}

/** `Kind/name` of what an example creates in Kubernetes; `…` stands for what Pulumi or a hash adds to a name. */
async function objectsOf(example: string): Promise<string[]> {
  const created: string[] = [];
  const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
    const { kind, metadata } = inputs as { kind: string; metadata?: { name?: string } };
    const title = `${kind}/${metadata?.name ?? `${name}-…`}`;
    if (type.startsWith("kubernetes:"))
      created.push(title.replace(/(?<=(-seed|-before|\/readiness)-)[a-z2-7]{12}$/, "…"));
    return { id: name, state: inputs as object };
  };
  await pulumi.runtime.setMocks({ call: () => ({}), newResource }, "docs", "feature-login-abcdefghijkl");
  pulumi.runtime.setAllConfig({
    "docs:image": `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`,
    "docs:nodeImage": `docker.io/library/node@sha256:${"2".repeat(64)}`,
    "docs:registryPassword": "password",
    "docs:apiToken": "token",
  });
  await import(example);
  await pulumi.runtime.disconnect();
  return created;
}

/** The same of the boxes in a page's pictures: kinds in the first line, names in the others. */
function pictured(page: string): string[] {
  const pictures = [...readFileSync(page, "utf8").matchAll(/^```mermaid\n.*?^```$/gms)].map(([text]) => text);
  return [...pictures.join("\n").matchAll(/\["([A-Z][\w, ]*)<br\/>([^"]+)"\]/g)].flatMap(
    ([, kinds = "", names = ""]) =>
      kinds.split(", ").flatMap((kind) => names.split("<br/>").map((name) => `${kind}/${name}`)),
  );
}

/** Anchors of a page's headings. */
function sections(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(" ", "-"),
  );
}
