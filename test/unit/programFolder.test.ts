import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { programFolder } from "../../cli/pulumi/programFolder.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { placeInRepository } from "../../foundation/repository.ts";

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "program-")));
  mkdirSync(join(root, "repository"));
  git("repository", "init", "--quiet");
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function git(folder: string, ...args: string[]): void {
  const identity = [
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@example.com",
    "-c",
    "protocol.file.allow=always",
  ];
  execFileSync("git", ["-C", join(root, folder), ...identity, ...args]);
}

function write(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const uses = 'import { preview } from "dynamic-environments/stacks";\n';

/** A Pulumi project in a folder, with a program. */
function project(folder: string, program = uses, file = "index.ts"): void {
  write(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  write(join(folder, file), program);
}

function found(folder: string): string {
  mkdirSync(join(root, folder), { recursive: true });
  return programFolder(join(root, folder)).slice(root.length + 1);
}

describe("the program's folder", () => {
  it("is `environment`, or the folder itself, of the nearest that has one", () => {
    project("repository");
    project("repository/services/api/environment");
    expect(found("repository")).toBe("repository");
    expect(found("repository/web/src")).toBe("repository");
    expect(found("repository/services/api/src")).toBe("repository/services/api/environment");
    expect(found("repository/services/api/environment")).toBe("repository/services/api/environment");
    project("repository/environment");
    expect(found("repository/web/test")).toBe("repository/environment");
  });

  it("is not above the repository, and above nothing outside of one", () => {
    project(".");
    expect(() => found("repository/web")).toThrow(
      /^no Pulumi project is in \S+\/web or above, up to \S+\/repository: call dynenv in a repository that has environment\/Pulumi\.yaml$/,
    );
    mkdirSync(join(root, "elsewhere"));
    expect(() => found("elsewhere")).toThrow(/^no Pulumi project is in \S+\/elsewhere: call dynenv/);
    expect(programFolder(root)).toBe(root);
  });

  it("is that of the repository around a submodule", () => {
    project("repository/environment");
    mkdirSync(join(root, "library"));
    git("library", "init", "--quiet");
    git("library", "commit", "--quiet", "--allow-empty", "--message", "a");
    git("repository", "submodule", "--quiet", "add", join(root, "library"), "vendor/library");
    expect(found("repository/vendor/library")).toBe("repository/environment");
  });

  it("is that of a worktree, wherever its repository is", () => {
    git("repository", "commit", "--quiet", "--allow-empty", "--message", "a");
    project("modules/shop/environment");
    git("modules/shop", "init", "--quiet");
    git("modules/shop", "commit", "--quiet", "--allow-empty", "--message", "a");
    project("repository");
    git("modules/shop", "worktree", "add", "--quiet", join(root, "repository", "copy"));
    expect(() => found("repository/copy")).toThrow(/^no Pulumi project is in \S+\/copy: call dynenv/);
  });

  it("may be this repository", () => {
    expect(programFolder(join(projectRoot, "cli", "pulumi"))).toBe(projectRoot);
  });
});

describe("a program's place in its repository", () => {
  it("is that of its application", () => {
    project("repository/environment");
    project("repository/apps/web/environment");
    project("repository/apps/pulumi");
    symlinkSync("apps/web/environment", join(root, "repository", "link"));
    project("elsewhere");
    const place = (folder: string) => placeInRepository(join(root, folder));
    expect(place("repository")).toBe("");
    expect(place("repository/environment")).toBe("");
    expect(place("repository/apps/web/environment")).toBe("apps/web");
    expect(place("repository/apps/pulumi")).toBe("apps/pulumi");
    expect(place("repository/link")).toBe("apps/web");
    expect(place("elsewhere")).toBe("");
  });
});

describe("a program", () => {
  it.each([
    ["src/stack.mjs", uses],
    ["__main__.py", "import pulumi_dynamic_environments as environments\n"],
    ["main.go", 'import "example.com/sdks/dynamic_environments"\n'],
    ["Main.yaml", "resources: { preview: { type: dynamic-environments:index:EphemeralEnvironment } }\n"],
  ])("may use the package in %s", (file, program) => {
    project("repository", program, file);
    expect(found("repository/src")).toBe("repository");
  });

  it.each([
    ["says nothing of it", "index.ts", 'import * as aws from "@pulumi/aws";\n'],
    ["has it installed", "node_modules/dynamic-environments/index.js", uses],
    ["names it in package.json alone", "package.json", '{ "dependencies": { "dynamic-environments": "1" } }'],
    ["has it in a folder of tools", ".cache/index.js", uses],
  ])("that %s may be somebody's infrastructure", (_what, file, program) => {
    project("repository", program, file);
    expect(() => found("repository")).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /^the program of \S+\/repository\/Pulumi\.yaml does not use dynamic-environments, so it may be somebody's infrastructure/,
        ) as string,
      }),
    );
  });
});
