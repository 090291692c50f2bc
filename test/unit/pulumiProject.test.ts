import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pulumiProject } from "../../cli/pulumiProject.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dynenv-project-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const named = (yaml: string) => {
  writeFileSync(join(folder, "Pulumi.yaml"), yaml);
  return () => pulumiProject(folder);
};

describe("the name of the Pulumi project", () => {
  it.each(["dynenv", "My_shop.2", "a-b"])("may be %s", (name) => {
    expect(named(`name: ${name}\nruntime: nodejs\n`)()).toBe(name);
  });

  it.each(["name: a/b", "name: 5", "runtime: nodejs", "- a", ""])("is refused in %j", (yaml) => {
    expect(named(yaml)).toThrow(/Pulumi\.yaml must have a name of letters, /);
  });
});
