import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { shell, uniqueName } from "./shell.ts";

const stack = uniqueName("view");
const names = ["catalogue", "catalogue-db", "deals"];

interface Account {
  stages: object[];
  timeline: Record<string, { removed?: number }>;
}

test("a terminal shows what each service does while it comes up, and a timeline at the end", async () => {
  const up = `stty cols 100 rows 30 && cli/dynenv up --stack ${stack}`;
  const terminal = { ...shell, CI: "", TERM: "xterm" };
  const options = { cwd: projectRoot, env: terminal, reject: false, stdin: "ignore" } as const;
  const { stdout, exitCode } = await execa("script", ["-qec", up, "/dev/null"], options);
  const text = stripVTControlCharacters(stdout).replaceAll("\r", "");
  expect(exitCode, text).toBe(0);
  for (const name of names)
    expect(text).toMatch(new RegExp(`${name} +##[#.]{3} +\\d+\\.\\ds +(starts|waits)`));
  expect(text).toMatch(/readiness +####\. +\S+ +(waits for|asks) /);
  expect(text).not.toMatch(/ created \(/);
  // The cursor is shown again.
  expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
  const [, timeline = ""] = text.split(/up: done in .*\n/);
  expect(timeline).toMatch(/seconds until +created +scheduled +pulled +started +ready\n/);
  for (const name of [...names, "readiness"])
    expect(timeline).toMatch(new RegExp(`^ +${name}( +\\d+\\.\\d){5}$`, "m"));
});

test("a pipe gets plain lines, and what was done as JSON", async () => {
  const down = ["down", "--stack", stack, "--json"];
  const piped = await execa("cli/dynenv", down, { cwd: projectRoot, env: shell, reject: false });
  expect(piped.exitCode, piped.stderr).toBe(0);
  expect(piped.stderr).toContain("apps/v1:Deployment preview-deals deleted (");
  expect(piped.stderr).toMatch(/\n +seconds until +removed\n/);
  expect(piped.stderr + piped.stdout).not.toContain("\u001b");
  const { stages, timeline, ...rest } = JSON.parse(piped.stdout) as Account;
  expect(rest).toEqual({ stack, namespace: `env-${stack}` });
  expect(stages).toEqual([{ name: "down", seconds: expect.any(Number) as number, ok: true }]);
  for (const name of names) expect(timeline[name]?.removed).toBeGreaterThan(0);
});

test("a command that fails says so in its JSON, too", async () => {
  const env = { ...shell, KUBECONFIG: "/nowhere" };
  const args = ["up", "--stack", stack, "--json"];
  const { exitCode, stdout, stderr } = await execa("cli/dynenv", args, {
    cwd: projectRoot,
    env,
    reject: false,
  });
  expect(exitCode, stderr).toBe(2);
  const { error } = JSON.parse(stdout) as { error: string };
  expect(stderr.trimEnd().split("\n").at(-1)).toBe(`dynenv: ${error}`);
});
