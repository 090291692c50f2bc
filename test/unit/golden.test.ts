import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generatedPassword, registryPassword } from "../golden/passwords.ts";
import { goldenStacks } from "../golden/stacks.ts";

const folder = join(import.meta.dirname, "..", "golden");
const names = Object.keys(goldenStacks);
const golden = (name: string) => readFileSync(join(folder, `${name}.yaml`), "utf8");
let rendered = "";

beforeAll(() => {
  rendered = mkdtempSync(join(tmpdir(), "dynenv-golden-"));
  // Rendered by Node itself: another compiler would give the readiness program another text.
  execFileSync(process.execPath, [join(folder, "render.ts"), rendered]);
});

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
  const login = name === "fork" ? [] : ['  .dockerconfigjson: "[secret]"'];
  const owners = name === "shop" ? 3 : 1;
  expect(hidden.sort()).toEqual([...login, ...Array<string>(owners).fill('  password: "[secret]"')]);
  const texts = [registryPassword, generatedPassword, btoa(`puller:${registryPassword}`)];
  expect(texts.filter((text) => golden(name).includes(text))).toEqual([]);
});
