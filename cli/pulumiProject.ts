import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../local/failure.ts";
import { projectRoot } from "../local/folders.ts";

const projectFile = z.object({ name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/) });

/** What `--config` gives a setting, as `key=value` or `project:key=value`; an empty value counts as none. */
export function givenSetting(given: string[], key: string, project = pulumiProject()): string | undefined {
  const starts = [`${key}=`, `${project}:${key}=`];
  const values = given.flatMap((setting) =>
    starts.filter((start) => setting.startsWith(start)).map((start) => setting.slice(start.length)),
  );
  return values.findLast((value) => value !== "");
}

/** Name of the Pulumi project in `folder`: a backend keeps the project's stacks under it. */
export function pulumiProject(folder = projectRoot): string {
  const path = join(folder, "Pulumi.yaml");
  const read = projectFile.safeParse(parse(readFileSync(path, "utf8")));
  if (read.success) return read.data.name;
  throw new Failure(
    "usage",
    `${path} must have a name of letters, digits, dots, dashes and underscores, such as name: shop`,
  );
}
