import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { projectRoot } from "../../local/folders.ts";

/** Runs a program as Pulumi.yaml has Node run it. */
async function said(program: string): Promise<unknown> {
  const args = ["--import", "./stacks/lazyModules.ts", "--eval", program];
  return JSON.parse((await execa(process.execPath, args, { cwd: projectRoot })).stdout);
}

it("Pulumi.yaml has Node run it", async () => {
  const { stdout } = await execa("grep", ["nodeargs", join(projectRoot, "Pulumi.yaml")]);
  expect(stdout.trim()).toBe("nodeargs: --import ./stacks/lazyModules.ts");
});

it("Pulumi's SDK is loaded without what serializes functions", async () => {
  const program = `
    require("@pulumi/pulumi");
    const { exports } = require.cache[require.resolve("typescript")];
    const tree = Object.keys(require.cache).filter((file) => file.includes("@npmcli/arborist"));
    console.log(JSON.stringify([require("node:util").types.isProxy(exports), tree]));`;
  expect(await said(program)).toEqual([true, []]);
});

it("which is loaded once it is used", async () => {
  const program = `
    const { runtime } = require("@pulumi/pulumi");
    const { SyntaxKind, ...others } = require("typescript");
    const answer = 42;
    Promise.all([runtime.serializeFunction(() => answer), runtime.computeCodePaths()]).then(([{ text }, paths]) =>
      console.log(JSON.stringify([text.includes("answer: 42"), paths.size > 0, SyntaxKind.IfStatement > 0, others.version])));`;
  expect(await said(program)).toEqual([true, true, true, expect.stringMatching(/^\d+\./)]);
}, 30_000);
