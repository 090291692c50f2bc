import { chmod, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import type { Contender } from "./contender.ts";
import { initStack } from "./stack.ts";

const sources = join(projectRoot, "bench", "plain");

/** A plain Pulumi program of the same objects, and every default of Pulumi. */
export function plainPulumi(env: Record<string, string>, hostFolder: string): Contender {
  // What this project sets for itself; Pulumi's home is one in which it keeps its logs.
  const { PULUMI_PARALLEL: _, NODE_COMPILE_CACHE: __, ...defaults } = env;
  const withHost = {
    ...defaults,
    PATH: `${hostFolder}:${env.PATH ?? ""}`,
    PULUMI_HOME: join(hostFolder, "pulumi-home"),
  };
  return {
    name: "Pulumi's defaults",
    options: "pulumi up --yes; pulumi destroy --yes --remove",
    prepare: async ({ folder, stack, objects }) => {
      for (const file of ["Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"])
        await copyFile(join(sources, file), join(folder, file));
      await symlink(join(projectRoot, "node_modules"), join(folder, "node_modules"));
      await writeFile(join(folder, "objects.json"), JSON.stringify(objects));
      await initStack(stack, folder, withHost);
      const run = (...args: string[]) => ({
        ...{ file: "pulumi", args: [...args, "--yes", "--stack", stack], cwd: folder, env: withHost },
      });
      return { up: run("up"), again: run("up"), down: run("destroy", "--remove") };
    },
  };
}

/**
 * A folder for the front of PATH, with which programs start as they do by default: through ts-node. It stays empty where
 * Pulumi's own host is used, which needs nothing for that.
 */
export async function defaultHost(folder: string, env: Record<string, string>): Promise<string> {
  await mkdir(folder);
  const built = "pulumi-language-nodejs-v3.68";
  const isBuilt = await execa("sh", ["-c", `command -v ${built}`], { env, reject: false });
  if (isBuilt.exitCode !== 0) return folder;
  const script = join(folder, "pulumi-language-nodejs");
  await writeFile(script, `#!/bin/sh\nexec ${built} "$@"\n`);
  await chmod(script, 0o755);
  return folder;
}
