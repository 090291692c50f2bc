import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  configuredSetting,
  givenSetting,
  qualified,
  pulumiProject,
  storedSetting,
} from "../../cli/pulumi/pulumiProject.ts";
import { ownProject } from "../../cli/environment/identity.ts";
import { removeBackups } from "../../cli/pulumi/backups.ts";
import { repairFiles } from "../../cli/pulumi/fileBackend.ts";
import { stackNames } from "../../cli/pulumi/stackNames.ts";
import { readState } from "../../cli/pulumi/state.ts";

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
    ["dynenv", "trust: { type: string, default: fork }", "fork"],
    ["dynenv", "trust: fork", "fork"],
    ["dynenv", "trust: { type: string, default: '' }", undefined],
    ["shop", "dynenv:trust: { value: fork }", "fork"],
    ["shop", "dynenv:trust: fork", "fork"],
    ["shop", "trust: fork", undefined],
    ["shop", "other:trust: fork", undefined],
  ])(
    "of the project %s counts where neither the run nor the stack's file says anything: %s",
    (name, line, value) => {
      named(`name: ${name}\nconfig:\n  ${line}\n`);
      expect(configuredSetting("s", [], "trust", folder)).toBe(value);
      writeFileSync(join(folder, "Pulumi.s.yaml"), "config: { dynenv:trust: trusted }");
      expect(configuredSetting("s", [], "trust", folder)).toBe("trusted");
      expect(configuredSetting("s", ["dynenv:config:trust=other"], "trust", folder)).toBe("other");
    },
  );

  it("is looked for in the folder that Pulumi.yaml names", () => {
    named("name: shop\nstackConfigDir: stacks\n");
    mkdirSync(join(folder, "stacks"));
    writeFileSync(join(folder, "stacks", "Pulumi.s.yaml"), "config: { dynenv:trust: fork }");
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
    ["config:\n  dynenv:trust: fork\n  other:trust: trusted\n", "fork"],
    ["config:\n  dynenv:trust: ''\n", undefined],
    ["config:\n  dynenv:trust:\n    secure: v1:abc\n", undefined],
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
    [["images=a"], "a"],
    [["cap={}", "dynenv:images=a=b"], "a=b"],
    [["images=a", "dynenv:config:images=b", "images="], "b"],
    [["images="], undefined],
    [["dynenv:images="], undefined],
    [["shop:images=a"], undefined],
    [["image=a", "my-images=a", "images"], undefined],
    [[], undefined],
  ])("is dynenv's, with that name before it or with none: %j", (given, value) => {
    expect(givenSetting(given, "images")).toBe(value);
  });

  it("is handed to Pulumi as dynenv's, unless it says whose it is", () => {
    const given = ["ttl=4h", "dynenv:trust=fork", "shop:greeting=a=b", 'cap={"cpu":"1"}', "shop:config:a=b"];
    expect(qualified(given)).toEqual([
      ...["dynenv:ttl=4h", "dynenv:trust=fork", "shop:greeting=a=b", 'dynenv:cap={"cpu":"1"}'],
      "shop:config:a=b",
    ]);
  });
});

/** A project with another name, and a backend with stacks of that project and of one called dynenv. */
describe("a project with another name", () => {
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

  const caller = process.cwd();

  beforeEach(() => {
    process.chdir(folder);
    writeFileSync(join(folder, "index.js"), 'import "dynamic-environments";\n');
    writeFileSync(join(folder, "Pulumi.yaml"), "name: my.shop\nruntime: nodejs\n");
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(pathOf(name), ".."), { recursive: true });
      writeFileSync(pathOf(name), content);
    }
  });

  afterEach(() => {
    process.chdir(caller);
  });

  it("lists, reads, repairs and forgets its own stacks, and no others", async () => {
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

  it("is the project of runs for which no other is named", () => {
    expect(ownProject({ project: undefined })).toBe("my.shop");
  });
});
