import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";

async function dynenv(words: string[], env: Record<string, string> = {}) {
  const entry = join(projectRoot, "cli", "dynenv.ts");
  const { stdout, stderr, exitCode } = await execa(process.execPath, [entry, ...words], {
    env,
    reject: false,
  });
  return { stdout, stderr, exitCode };
}

const esc = "\u001b[2J";

describe("wrong words", () => {
  it.concurrent.each<[string[], string]>([
    [["up", `--a\n::error::${esc}`], String.raw`unknown option "--a\n::error::\u001b[2J"`],
    [["up", "--comit", "a"], 'unknown option "--comit" (did you mean --commit?)'],
    [[`a${"b".repeat(100_000)}`], `unknown command "a${"b".repeat(78)}…" (100001 characters)`],
    [
      ["up", "--scope", "it's\n##[error]"],
      String.raw`option '--scope <what>' argument "it's\n\u0023#[error]" is invalid. Allowed choices are commit, run, branch`,
    ],
    [
      ["up", "--scope=\u202ex"],
      String.raw`option '--scope <what>' argument "\u202ex" is invalid. Allowed choices are commit, run, branch`,
    ],
    [["up", "more\n"], 'too many arguments for "up"'],
  ])("%#: are refused in one line with exit code 2", async (words, sentence) => {
    expect(await dynenv(words)).toEqual({
      ...{ exitCode: 2, stdout: "" },
      stderr: `dynenv: ${sentence}: see dynenv --help`,
    });
  });

  it("are refused with the rule, where a value has none of the forms that it may have", async () => {
    expect(await dynenv(["reap", "--max", "1\n2"])).toEqual({
      ...{ exitCode: 2, stdout: "" },
      stderr: String.raw`dynenv: --max is "1\n2" but must be a whole number from 0 to 999999, such as 10`,
    });
  });

  it("are not those that ask for help", async () => {
    expect(await dynenv(["--help"])).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("a secret in an error", () => {
  it("is hidden, whatever command fails", async () => {
    const folder = await mkdtemp(join(tmpdir(), "secret-"));
    const KUBECONFIG = join(folder, "config");
    await writeFile(KUBECONFIG, "{apiVersion: v1, kind: Config, contexts: [], clusters: [], users: []}");
    const url = "postgres://u:PW@127.0.0.1:1/db";
    const { exitCode, stderr } = await dynenv(["list", "--context", url], { KUBECONFIG });
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no context "postgres://***@127.0.0.1:1/db"');
  });
});
