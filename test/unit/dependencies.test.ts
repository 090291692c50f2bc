// What is installed, and by what right: nothing that runs without a hash, nothing needed at run time among the tools.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";

interface Manifest {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  bin?: Record<string, string>;
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(projectRoot, path), "utf8"));
const manifest = json("package.json") as Manifest;
const components = json("components/package.json") as Manifest;
const { packages } = json("package-lock.json") as { packages: Record<string, Locked> };
const foreign = Object.entries(packages).filter(
  ([path, { link }]) => path.includes("node_modules/") && !link,
);

const plugins = readdirSync(join(projectRoot, "local/plugins")).filter((name) => name.endsWith(".ts"));
const programs = [
  "index.ts",
  "cli/dynenv.ts",
  "vendor/bundle.ts",
  ...plugins.map((name) => `local/plugins/${name}`),
];

/** Packages that a program imports, itself and by way of its own files; types alone do not count. */
function importedBy(entries: string[], within = projectRoot): string[] {
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = stripTypeScriptTypes(readFileSync(file, "utf8"), { mode: "strip" });
    for (const { fileName } of ts.preProcessFile(source, true, true).importedFiles) {
      const own = fileName.startsWith("#bundled/")
        ? join(within, "vendor/packages", `${fileName.slice(9)}.ts`)
        : join(dirname(file), fileName);
      if (/^[.#]/.test(fileName)) visit(own);
      else if (!/^node:|^fs$/.test(fileName)) found.add(/^(@[^/]+\/)?[^/]+/.exec(fileName)?.[0] ?? fileName);
    }
  };
  for (const entry of entries) visit(join(within, entry));
  return [...found].sort();
}

describe("at run time", () => {
  test("programs import what is installed without the development dependencies", () => {
    const installed = Object.keys(manifest.dependencies);
    const imported = importedBy(programs);
    expect(imported).toContain("bcryptjs");
    expect(imported).toContain("@kubernetes/client-node");
    expect(imported.filter((name) => !installed.includes(name))).toEqual([]);
  });

  test("the package names what it does not bring: Pulumi's SDKs, of which a program may have one copy alone", () => {
    const entries = ["components/index.ts", "components/model/index.ts", "components/plugin/plugin.ts"];
    const imported = importedBy([...entries, "stacks/index.ts", "cli/start.ts", "tuning/lazyModules.ts"]);
    const notBundled = imported.filter((name) => name.startsWith("@pulumi/"));
    expect(notBundled).toEqual(Object.keys(components.peerDependencies).sort());
    expect(components.dependencies).toBeUndefined();
  });
});

describe("the lock file", () => {
  test("has a hash of every package, and no registry's name", () => {
    expect(foreign.length).toBeGreaterThan(200);
    expect(foreign.filter(([, { integrity = "" }]) => !/^sha512-[\w+/]{86}==/.test(integrity))).toEqual([]);
    expect(foreign.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  test("pins the Node that runs everything, at one version, for each system that has one", () => {
    const nodes = foreign.filter(([, { bin }]) => bin?.node !== undefined);
    expect(nodes.map(([path]) => path.replace("node_modules/", ""))).toEqual(
      Object.keys(manifest.optionalDependencies),
    );
    expect(new Set(nodes.map(([, { version }]) => version)).size).toBe(1);
  });

  test("is installed without running what it brings", () => {
    const install = readFileSync(join(projectRoot, "cli/install"), "utf8");
    expect(install).toMatch(/npm ci .*--ignore-scripts /);
    expect(relative(projectRoot, process.execPath)).toMatch(
      /^node_modules\/node-[a-z]+-[a-z0-9]+\/bin\/node$/,
    );
    expect(existsSync(join(projectRoot, "node_modules/.bin/node"))).toBe(true);
  });
});
