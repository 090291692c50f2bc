import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generatedPassword, registryPassword } from "../golden/passwords.ts";

const golden = readFileSync(new URL("../golden/preview.yaml", import.meta.url), "utf8");
const renderer = new URL("../golden/render.ts", import.meta.url).pathname;

it("a preview gives to Kubernetes what the golden file says", () => {
  // Rendered by Node itself: another compiler would give the readiness program another text.
  const rendered = execFileSync(process.execPath, [renderer], { encoding: "utf8" });
  const update = "if the change is meant, run: node test/golden/render.ts > test/golden/preview.yaml";
  expect(rendered, update).toBe(golden);
});

it("the golden file holds the secrets' keys and none of their texts", () => {
  const hidden = golden.split("\n").filter((line) => line.includes("[secret]"));
  expect(hidden).toEqual(['  password: "[secret]"', '  .dockerconfigjson: "[secret]"']);
  const texts = [registryPassword, generatedPassword, btoa(`puller:${registryPassword}`)];
  expect(texts.filter((text) => golden.includes(text))).toEqual([]);
});
