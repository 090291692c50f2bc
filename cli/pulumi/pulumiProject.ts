import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { named } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";

const stackFile = z.object({ config: z.record(z.string(), z.unknown()).nullish() });
const projectFile = z.object({ name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/) });

/** What `--config` gives a setting, as `key=value` or `project:key=value`; an empty value counts as none. */
export function givenSetting(given: string[], key: string, project = pulumiProject()): string | undefined {
  const starts = [`${key}=`, `${project}:${key}=`];
  const values = given.flatMap((setting) =>
    starts.filter((start) => setting.startsWith(start)).map((start) => setting.slice(start.length)),
  );
  return values.findLast((value) => value !== "");
}

/** What a run's stack is configured with: what `--config` gives comes before what the stack's own file says. */
export function configuredSetting(stack: string, given: string[], key: string): string | undefined {
  return givenSetting(given, key) ?? storedSetting(stack, key);
}

/** What the stack's own file gives a setting; an empty value counts as none, and so does one that is encrypted. */
export function storedSetting(stack: string, key: string, folder = projectRoot): string | undefined {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(path)) return undefined;
  const { config } = stackFile.catch({}).parse(yamlIn(path));
  const value = config?.[`${pulumiProject(folder)}:${key}`];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function yamlIn(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Failure("usage", `${named(path)} is not YAML: correct it with \`pulumi config\``, {
      cause: error,
    });
  }
}

/** By their folders: each setting that is looked up needs it, and a run never changes it. */
const names = new Map<string, string>();

/** Name of the Pulumi project in `folder`: a backend keeps the project's stacks under it. */
export function pulumiProject(folder = projectRoot): string {
  const name = names.get(folder) ?? nameIn(join(folder, "Pulumi.yaml"));
  names.set(folder, name);
  return name;
}

function nameIn(path: string): string {
  const read = projectFile.safeParse(parse(readFileSync(path, "utf8")));
  if (read.success) return read.data.name;
  throw new Failure(
    "usage",
    `${path} must have a name of letters, digits, dots, dashes and underscores, such as name: shop`,
  );
}
