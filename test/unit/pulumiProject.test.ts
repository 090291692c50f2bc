import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  configuredSetting,
  givenSetting,
  pulumiProject,
  storedSetting,
} from "../../cli/pulumi/pulumiProject.ts";
import { projectRoot } from "../../foundation/folders.ts";

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

describe("a setting of all stacks", () => {
  it.each([
    ["trust: { type: string, default: fork }", "fork"],
    ["shop:trust: { value: fork }", "fork"],
    ["trust: fork", "fork"],
    ["trust: { type: string, default: '' }", undefined],
    ["other:trust: fork", undefined],
  ])("counts where neither the run nor the stack's file says anything: %s", (line, value) => {
    named(`name: shop\nconfig:\n  ${line}\n`);
    expect(configuredSetting("s", [], "trust", folder)).toBe(value);
    writeFileSync(join(folder, "Pulumi.s.yaml"), "config: { shop:trust: trusted }");
    expect(configuredSetting("s", [], "trust", folder)).toBe("trusted");
    expect(configuredSetting("s", ["shop:config:trust=other"], "trust", folder)).toBe("other");
  });

  it("is looked for in the folder that Pulumi.yaml names", () => {
    named("name: shop\nstackConfigDir: stacks\n");
    mkdirSync(join(folder, "stacks"));
    writeFileSync(join(folder, "stacks", "Pulumi.s.yaml"), "config: { shop:trust: fork }");
    expect(storedSetting("s", "trust", folder)).toBe("fork");
  });
});

describe("a Pulumi.yaml", () => {
  it("that is missing, or not YAML, is told in one sentence", () => {
    expect(() => pulumiProject(folder)).toThrow(/Pulumi\.yaml does not exist: /);
    expect(named("a: [")).toThrow(/Pulumi\.yaml is not YAML: correct it, then try again$/);
  });
});

describe("a setting in a stack's file", () => {
  const stored = (text: string) => {
    named("name: shop");
    writeFileSync(join(folder, "Pulumi.s.yaml"), text);
    return storedSetting("s", "trust", folder);
  };

  it.each([
    ["config:\n  shop:trust: fork\n  other:trust: trusted\n", "fork"],
    ["config:\n  shop:trust: ''\n", undefined],
    ["config:\n  shop:trust:\n    secure: v1:abc\n", undefined],
    ["config:\n", undefined],
    ["[]", undefined],
    ["", undefined],
  ])("is read where it is a text: %j", (text, value) => {
    expect(stored(text)).toBe(value);
  });

  it("is told to be wrong where the file is not YAML", () => {
    expect(() => stored("config: {")).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /Pulumi\.s\.yaml.* is not YAML: correct it, then try again$/,
        ) as string,
      }),
    );
  });

  it("is none where there is no file", () => {
    named("name: shop");
    expect(storedSetting("other", "trust", folder)).toBeUndefined();
  });
});

describe("a setting that --config gives", () => {
  it.each([
    [["image=a"], "a"],
    [["cap={}", "shop:image=a=b"], "a=b"],
    [["image=a", "shop:image=b", "image="], "b"],
    [["image="], undefined],
    [["shop:image="], undefined],
    [["dynenv:image=a"], undefined],
    [["images=a", "my-image=a", "image"], undefined],
    [[], undefined],
  ])("is known by the project's name or without one: %j", (given, value) => {
    expect(givenSetting(given, "image", "shop")).toBe(value);
  });

  it("is this project's where no other is named", () => {
    expect(givenSetting([`${pulumiProject()}:trust=fork`], "trust")).toBe("fork");
  });
});

/** A checkout with another name in Pulumi.yaml, and a backend with stacks of that project and of one called dynenv. */
describe("a checkout whose project has another name", () => {
  const state = (urn: string) =>
    JSON.stringify({ version: 3, checkpoint: { latest: { resources: [{ urn, type: "t" }] } } });
  const pathOf = (name: string) => join(folder, "backend", ".pulumi", name);
  const files = {
    "stacks/my.shop/main.json": state("urn:shop"),
    "stacks/my.shop/main.json.bak": state("urn:shop"),
    "stacks/my.shop/other.json": state("urn:other"),
    "backups/my.shop/main/main.1.json": "{}",
    "history/my.shop/main/main-1.json": "{}",
    "locks/organization/my.shop/main/1.json": "",
    "stacks/dynenv/main.json": state("urn:dynenv"),
    "backups/dynenv/main/main.1.json": "{}",
    "history/dynenv/main/main-1.json": "{}",
    "locks/organization/dynenv/main/1.json": "",
  };
  const left = () => Object.keys(files).filter((file) => existsSync(pathOf(file)));

  const run = () => ({
    env: { PULUMI_BACKEND_URL: `file://${join(folder, "backend")}` },
    progress: () => undefined,
    signal: new AbortController().signal,
  });

  /** A module of the checkout. */
  async function module<T>(path: string): Promise<T> {
    return (await import(pathToFileURL(join(folder, path)).href)) as T;
  }

  beforeEach(() => {
    const isSource = (path: string) => statSync(path).isDirectory() || path.endsWith(".ts");
    for (const name of ["cli", "components", "foundation", "local", "stacks"])
      cpSync(join(projectRoot, name), join(folder, name), { recursive: true, filter: isSource });
    cpSync(join(projectRoot, "package.json"), join(folder, "package.json"));
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: my.shop\nruntime: nodejs\n");
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(pathOf(name), ".."), { recursive: true });
      writeFileSync(pathOf(name), content);
    }
  });

  it("lists, reads, repairs and forgets its own stacks, and no others", async () => {
    const { stackNames } =
      await module<typeof import("../../cli/pulumi/stackNames.ts")>("cli/pulumi/stackNames.ts");
    const { readState } = await module<typeof import("../../cli/pulumi/state.ts")>("cli/pulumi/state.ts");
    const { repairFiles } =
      await module<typeof import("../../cli/pulumi/fileBackend.ts")>("cli/pulumi/fileBackend.ts");
    const { removeBackups } =
      await module<typeof import("../../cli/pulumi/backups.ts")>("cli/pulumi/backups.ts");
    // What `list` shows.
    expect(await stackNames(run())).toEqual(["main", "other"]);
    // What `up` and `down` begin with.
    expect(await readState("main", run())).toEqual({
      resources: [{ urn: "urn:shop", type: "t" }],
      pending: [],
    });
    expect(await readState("feature", run())).toBeUndefined();
    // What both do where a run was cut off.
    expect(await repairFiles("main", run())).toBe(true);
    expect(left()).not.toContain("locks/organization/my.shop/main/1.json");
    expect(left()).toContain("locks/organization/dynenv/main/1.json");
    // How `down` ends, once Pulumi has removed the stack itself.
    rmSync(pathOf("stacks/my.shop/main.json"));
    await removeBackups("main", true, run());
    expect(left()).toEqual([
      "stacks/my.shop/other.json",
      ...Object.keys(files).filter((file) => file.includes("dynenv")),
    ]);
  });

  it("is the project of runs for which no other is named", async () => {
    const { ownProject } = await module<typeof import("../../cli/environment/identity.ts")>(
      "cli/environment/identity.ts",
    );
    expect(ownProject({ project: undefined })).toBe("my.shop");
  });
});
