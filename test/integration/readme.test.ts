import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/folders.ts";
import { lastLine } from "../../local/work.ts";
import { inventory, shell } from "./shell.ts";

/** The code blocks of a section of the README, in their order. */
async function blocks(section: string): Promise<{ language: string; text: string }[]> {
  const readme = await readFile(join(projectRoot, "README.md"), "utf8");
  const content = readme.split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...content.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

function commands(text: string): string {
  return text.replaceAll(/^\$ /gm, "");
}

function bash(script: string, cwd: string) {
  const env = { ...shell, PULUMI_SKIP_UPDATE_CHECK: "1" };
  return execa("bash", ["-e", "-c", script], { cwd, env, all: true, reject: false });
}

test("the section on reuse works when it is copied into an empty folder", async () => {
  const before = await inventory();
  const [install, project, program, use, ...more] = await blocks("Reuse");
  expect([install, project, program, use].map((block) => block?.language)).toEqual([
    "console",
    "yaml",
    "ts",
    "console",
  ]);
  expect(more).toEqual([]);
  const installed = await bash(`${commands(install?.text ?? "")}\npwd`, projectRoot);
  expect(installed.exitCode, installed.all).toBe(0);
  const folder = lastLine(installed.stdout);
  try {
    await writeFile(join(folder, "Pulumi.yaml"), project?.text ?? "");
    await writeFile(join(folder, "index.ts"), program?.text ?? "");
    const used = await bash(commands(use?.text ?? ""), folder);
    expect(used.exitCode, used.all).toBe(0);
    expect(used.all).toMatch(/front-end-\S+ +1\/1 +Running/);
    expect(await inventory()).toEqual(before);
  } finally {
    await bash("pulumi destroy --yes --skip-preview --remove --stack my-shop || true", folder);
    await rm(folder, { recursive: true });
  }
});
