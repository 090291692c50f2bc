import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as passwords from "../golden/passwords.ts";
import { goldenStacks } from "../golden/stacks.ts";

const folder = join(import.meta.dirname, "..", "golden");
const names = Object.keys(goldenStacks);
const golden = (name: string) => readFileSync(join(folder, `${name}.yaml`), "utf8");
const secretKeys: Record<string, string[]> = {
  preview: [".dockerconfigjson", "password"],
  fork: ["password"],
  standing: [".dockerconfigjson", "password"],
  shop: [".dockerconfigjson", ...Array<string>(3).fill("password")],
  everything: [".dockerconfigjson", "API_TOKEN", "CACHE_PASSWORD", "MAIL_TOKEN", "password"],
  suites: ["LOGIN"],
  kinds: ["file-0"],
  kept: [],
  backing: Array<string>(8).fill("password"),
};
let rendered = "";

beforeAll(() => {
  rendered = mkdtempSync(join(tmpdir(), "dynenv-golden-"));
  execFileSync(process.execPath, [join(folder, "render.ts"), rendered]);
}, 60_000);

afterAll(() => {
  rmSync(rendered, { recursive: true });
});

it.each(names)("the stack %s gives to Kubernetes what its golden file says", (name) => {
  const update = "if the change is meant, run: node test/golden/render.ts test/golden";
  expect(readFileSync(join(rendered, `${name}.yaml`), "utf8"), update).toBe(golden(name));
});

it.each(names)("the golden file of %s holds the secrets' keys and none of their texts", (name) => {
  const hidden = golden(name)
    .split("\n")
    .filter((line) => line.includes("[secret]"));
  expect(hidden.sort()).toEqual(secretKeys[name]?.map((key) => `  ${key}: "[secret]"`));
  const texts = Object.values(passwords).flatMap((text) => [
    text,
    btoa(`puller:${text}`),
    btoa(`ci:${text}`),
  ]);
  expect(texts.filter((text) => golden(name).includes(text))).toEqual([]);
});
