import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import type { Contender, Round } from "./contender.ts";
import { initStack } from "./stack.ts";

type Environment = Record<string, string>;

/** This project by plain Pulumi, as pipelines use it. */
export function ours(env: Environment, checkout: string): Contender {
  return {
    name: "this project",
    options:
      "pulumi up --yes --skip-preview; PULUMI_SKIP_CHECKPOINTS=true pulumi destroy --yes --skip-preview --remove",
    prepare: async (round) => {
      await writeScenario(checkout, round);
      await initStack(round.stack, checkout, env);
      const run = (...args: string[]) => {
        const all = [...args, "--yes", "--skip-preview", "--stack", round.stack];
        return { file: "pulumi", args: all, cwd: checkout, env };
      };
      const destroy = run("destroy", "--remove");
      const down = { ...destroy, env: { ...env, PULUMI_SKIP_CHECKPOINTS: "true" } };
      return { up: run("up"), again: run("up"), down };
    },
  };
}

/** The same without the patches of Pulumi's SDK, see tuning/README.md: what they save. */
export function unpatched(env: Environment, checkout: string): Contender {
  return {
    ...ours({ ...env, DYNENV_DEBUG: "1" }, checkout),
    name: "this project, unpatched",
    options: "DYNENV_DEBUG=1, and the same",
  };
}

/** The same by `dynenv`: with recovery, and what is deleted ends sooner. */
export function dynenv(env: Environment, checkout: string): Contender {
  return {
    name: "this project, dynenv",
    options: "dynenv up; dynenv down",
    prepare: async (round) => {
      await writeScenario(checkout, round);
      const file = join(checkout, "cli", "dynenv");
      const run = (command: string) => ({
        file,
        args: [command, "--stack", round.stack],
        cwd: checkout,
        env,
      });
      return { up: run("up"), again: run("up"), down: run("down") };
    },
  };
}

async function writeScenario(checkout: string, { scenario }: Round): Promise<void> {
  await writeFile(join(checkout, "scenario.json"), JSON.stringify(scenario));
}

/** A copy of this project whose program makes the environments of scenarios, committed. */
export async function checkoutIn(folder: string): Promise<string> {
  await mkdir(folder);
  const isCopied = (path: string) => !/\/(node_modules|dist|\.git|issues|Pulumi\..+\.yaml)$/.test(path);
  for (const name of await readdir(projectRoot)) {
    const source = join(projectRoot, name);
    if (name === "node_modules") await symlink(source, join(folder, name));
    else if (isCopied(source)) await cp(source, join(folder, name), { recursive: true, filter: isCopied });
  }
  const program = [
    'import { benchStack } from "./bench/environment.ts";',
    'import { readSettings } from "./stacks/settings.ts";',
    'import { omitSdkOverhead } from "./tuning/sdkOverhead.ts";',
    "omitSdkOverhead();",
    "export default benchStack(readSettings());",
  ];
  await writeFile(join(folder, "index.ts"), `${program.join("\n")}\n`);
  const git = (...args: string[]) => execa("git", args, { cwd: folder });
  await git("init", "--quiet", "--template=", "--initial-branch=main");
  await git("add", "--all");
  const author = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
  await git(...author, "commit", "--quiet", "--message", "the program of the benchmark");
  return folder;
}
