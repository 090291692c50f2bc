import { execa } from "execa";
import { expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";

test.concurrent.each([
  ["types are right", "tsc", []],
  ["ESLint finds nothing", "eslint", ["--max-warnings=0", "."]],
  ["the format is Prettier's", "prettier", ["--check", "--log-level=warn", "."]],
  [
    "shell scripts parse",
    "sh",
    ["-c", "for script in local/*.sh local/images/*.sh; do bash -n $script || exit 1; done"],
  ],
])("%s", async (_name, command, args) => {
  const result = await execa(command, args, {
    cwd: projectRoot,
    preferLocal: true,
    all: true,
    reject: false,
  });
  expect(result.exitCode, result.all).toBe(0);
});

/** The name `dynenv` on the npm registry belongs to somebody else: npx must not be able to fetch it. */
test("no file calls npx in a way that could install it", async () => {
  const args = ["grep", "-nE", "npx\\b.*\\bdynenv\\b", "--", ":!test/static/static.test.ts"];
  const { stdout } = await execa("git", args, { cwd: projectRoot, reject: false });
  const lines = stdout.split("\n").filter((line) => line !== "" && !line.includes("npx --no -- dynenv"));
  expect(lines).toEqual([]);
});

/** They say nothing of what is in them, and so take in anything. */
test("no file or folder is called by a name without a concept", async () => {
  const { stdout } = await execa("git", ["ls-files"], { cwd: projectRoot });
  const parts = stdout
    .split("\n")
    .flatMap((path) => path.split("/").map((part) => part.replace(/\..*$/, "")));
  expect(parts.filter((part) => /^(utils?|helpers?|common|misc|shared|lib)$/i.test(part))).toEqual([]);
});
