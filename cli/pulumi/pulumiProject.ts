import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { named } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { programFolder } from "./programFolder.ts";

const config = z.record(z.string(), z.unknown()).nullish();
const stackFile = z.object({ config });
const projectFile = z.object({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/),
  config,
  stackConfigDir: z.string().nullish(),
  main: z.string().nullish(),
});
type Project = z.infer<typeof projectFile>;
/** A setting as Pulumi.yaml declares it for all stacks. */
const declared = z.object({ value: z.unknown().optional(), default: z.unknown().optional() });

/**
 * Settings that `--config` gives, as Pulumi takes them: a name alone is that of one of dynenv's, while Pulumi would take it for
 * one of the program's own.
 */
export function qualified(given: string[]): string[] {
  return given.map((setting) => (/^[^=]*:/.test(setting) ? setting : `${settingNamespace}:${setting}`));
}

/**
 * What `--config` gives a setting, as `key=value`, `dynenv:key=value` or, as once was usual, `dynenv:config:key=value`;
 * an empty value counts as none.
 */
export function givenSetting(given: string[], key: string): string | undefined {
  const starts = [`${key}=`, `${settingNamespace}:${key}=`, `${settingNamespace}:config:${key}=`];
  const values = given.flatMap((setting) =>
    starts.filter((start) => setting.startsWith(start)).map((start) => setting.slice(start.length)),
  );
  return values.findLast((value) => value !== "");
}

/**
 * What a run's stack is configured with: what `--config` gives comes before what the stack's own file says, and that
 * before what Pulumi.yaml says for all stacks.
 */
export function configuredSetting(
  stack: string,
  given: string[],
  key: string,
  folder = programFolder(),
): string | undefined {
  return givenSetting(given, key) ?? storedSetting(stack, key, folder) ?? sharedSetting(key, folder);
}

/** What the stack's own file gives a setting; an empty value counts as none, and so does one that is encrypted. */
export function storedSetting(stack: string, key: string, folder = programFolder()): string | undefined {
  const path = stackFileOf(stack, folder);
  if (!existsSync(path)) return undefined;
  const { config } = stackFile.catch({}).parse(yamlIn(path));
  return textOf(config?.[`${settingNamespace}:${key}`]);
}

/** Settings of a stack, by their whole names, as the program gets them. */
export interface StackSettings {
  texts: Record<string, string>;
  /** Names of those that are kept encrypted. */
  encrypted: string[];
}

/** All settings of a stack, in the order in which {@link configuredSetting} looks for one. */
export function settingsOf(stack: string, given: string[], folder = programFolder()): StackSettings {
  const path = stackFileOf(stack, folder);
  const own = existsSync(path) ? (stackFile.catch({}).parse(yamlIn(path)).config ?? {}) : {};
  const { name, config } = projectIn(folder);
  const shared = Object.entries(config ?? {}).map(([key, found]) => {
    const { data } = declared.safeParse(found);
    const value = data === undefined ? found : (data.value ?? data.default);
    return [key.includes(":") ? key : `${name}:${key}`, value] as const;
  });
  const all = [...shared, ...Object.entries(own), ...qualified(given).map(parted)];
  const isEncrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
  const texts = all.flatMap(([key, value]) =>
    value === undefined || value === null || value === "" || isEncrypted(value)
      ? []
      : [[key, asText(value)] as const],
  );
  const encrypted = all.filter(([, value]) => isEncrypted(value)).map(([key]) => key);
  return { texts: Object.fromEntries(texts), encrypted };
}

/** `key=value` in two. */
function parted(setting: string): [string, string] {
  const at = setting.indexOf("=");
  return [setting.slice(0, at), setting.slice(at + 1)];
}

/** Objects and lists are JSON for programs. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The file that Pulumi runs: what Pulumi.yaml or package.json names, else the usual one; nothing where there is none. */
export function programEntry(folder = programFolder()): string | undefined {
  const path = join(folder, "package.json");
  const { data = {} } = z
    .object({ main: z.string().optional() })
    .safeParse(existsSync(path) ? yamlIn(path) : {});
  const named = [projectIn(folder).main, data.main].flatMap((one) => one ?? []);
  return [...named, "index.ts", "index.js", "index.mts", "index.mjs"].find((name) =>
    existsSync(join(folder, name)),
  );
}

/** Where Pulumi keeps the settings of a stack. */
export function stackFileOf(stack: string, folder = programFolder()): string {
  return join(folder, projectIn(folder).stackConfigDir ?? "", `Pulumi.${stack}.yaml`);
}

/** What Pulumi.yaml gives a setting of all stacks: a value, or a default. */
function sharedSetting(key: string, folder: string): string | undefined {
  const { name, config } = projectIn(folder);
  // A name alone is one of the project's.
  const found =
    config?.[`${settingNamespace}:${key}`] ?? (name === settingNamespace ? config?.[key] : undefined);
  const { data } = declared.safeParse(found);
  return textOf(data === undefined ? found : (data.value ?? data.default));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function yamlIn(path: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return parse(text);
  } catch (cause) {
    throw new Failure("usage", `${named(path)} is not YAML: correct it, then try again`, { cause });
  }
}

/** By their folders: each setting that is looked up needs one, and a run never changes any. */
const projects = new Map<string, Project>();

/** Name of the Pulumi project in `folder`: a backend keeps the project's stacks under it. */
export function pulumiProject(folder = programFolder()): string {
  return projectIn(folder).name;
}

function projectIn(folder: string): Project {
  const project = projects.get(folder) ?? readProject(join(folder, "Pulumi.yaml"));
  projects.set(folder, project);
  return project;
}

function readProject(path: string): Project {
  if (!existsSync(path))
    throw new Failure(
      "usage",
      `${named(path)} does not exist: a Pulumi project has that file, with its name`,
    );
  const read = projectFile.safeParse(yamlIn(path));
  if (read.success) return read.data;
  throw new Failure(
    "usage",
    `${path} must have a name of letters, digits, dots, dashes and underscores, such as name: shop`,
  );
}
