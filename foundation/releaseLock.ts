import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  commitForm,
  digestForm,
  type Form,
  imageForm,
  mapping,
  mustBe,
  named,
  projectForm,
  refForm,
  refusal,
  shown,
  stackForm,
} from "../components/model/index.ts";
import { SettingError } from "./settingError.ts";

const format = 1;

/** A release's version: it names a file, and the tag of images. */
export const versionForm: Form<string> = {
  schema: z.string().regex(/^(?!.*\.\.)(?!.*\.json$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  rule: "1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit in front, and no .json at the end",
  example: "1.4.0",
};

/** `sha256:` and the digest of a text. */
export function hashOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

const texts = mapping(z.string(), z.array(z.string()));
const form = z.strictObject({
  format: z.literal(format),
  version: versionForm.schema,
  project: projectForm.schema,
  commit: commitForm.schema,
  ref: refForm.schema,
  environment: stackForm.schema,
  program: z.string(),
  images: mapping(z.string(), imageForm.schema),
  services: z.array(z.string()),
  migrations: texts,
  secretFiles: texts,
  graph: z.looseObject({}),
  objects: digestForm.schema,
  content: digestForm.schema,
});

/** A release: all that an environment is made of, but for what is the environment's own. */
export interface ReleaseLock {
  format: typeof format;
  version: string;
  project: string;
  /** What it was built from. */
  commit: string;
  ref: string;
  /** Stack of the environment that it was tested in. */
  environment: string;
  /** Version of this package with which it was made. */
  program: string;
  /** All images by digest: service, `SERVICE/CONTAINER` or suite to reference. */
  images: Record<string, string>;
  /** Names of the catalogue's services that are deployed. */
  services: string[];
  /** Service to the files of its migrations. */
  migrations: Record<string, string[]>;
  /** Service to the paths of its secret files, whose texts are each environment's own. */
  secretFiles: Record<string, string[]>;
  /** The program's definition, with images in the place of builds. */
  graph: Record<string, unknown>;
  /** Hash of the objects that it consists of in an environment without settings of its own. */
  objects: string;
  /** Hash of all the above. */
  content: string;
}

/** The lock with the hash of what it says. */
export function sealed(lock: Omit<ReleaseLock, "format" | "content">): ReleaseLock {
  const content = { format, ...lock } as const;
  return { ...content, content: hashOf(canonical(content)) };
}

/** As a file has it. */
export function lockText(lock: ReleaseLock): string {
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/**
 * @param source what it was read from, in words.
 * @throws where it is no lock, is of a newer format, or was changed since it was made.
 */
export function parseLock(text: string, source: string): ReleaseLock {
  const value = jsonIn(text, source);
  const { format: told } = (value ?? {}) as { format?: unknown };
  if (typeof told === "number" && told > format)
    throw new SettingError(
      `${source} is of format ${String(told)}, but this dynenv knows formats up to ${String(format)}: update it`,
    );
  const read = form.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const place = issue?.path.map(String).join(".") ?? "";
    throw new SettingError(
      `${source} is no lock of a release${place === "" ? "" : `, since its ${named(place)} is wrong`}: give one that dynenv release made`,
    );
  }
  const lock: ReleaseLock = read.data;
  const { content, ...rest } = lock;
  if (hashOf(canonical(rest)) === content) return lock;
  throw new SettingError(
    `${source} was changed since dynenv release made it: take it from the branch stable again, or make another release`,
  );
}

function jsonIn(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingError(`${source} is no JSON: give a lock that dynenv release made`);
  }
}

/** The lock in a file. @throws where it cannot be read, too. */
export function readLock(path: string): ReleaseLock {
  const source = `lock ${named(path)}`;
  try {
    return parseLock(readFileSync(path, "utf8"), source);
  } catch (error) {
    if (error instanceof SettingError) throw error;
    throw new SettingError(`${source} cannot be read: ${(error as Error).message}`);
  }
}

/** @throws what is no version of a release. */
export function requireVersion(version: string): string {
  const read = versionForm.schema.safeParse(version);
  if (read.success) return version;
  throw new SettingError(refusal("the version", version, mustBe(versionForm, read.error)));
}

/** The lock in a file, where one is named. @throws where it cannot be read, or is of another project's release. */
export function lockAt(path: string | undefined, project: string): ReleaseLock | undefined {
  if (path === undefined) return undefined;
  const lock = readLock(path);
  requireProject(lock, project);
  return lock;
}

/** @throws when a lock is of another project's release. */
export function requireProject({ version, project }: ReleaseLock, own: string): void {
  if (project === own) return;
  throw new SettingError(
    `release ${version} is of the project ${shown(project)}, but this is ${shown(own)}: give a lock of its own`,
  );
}

/** The same text for the same content, however its keys were ordered. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
      : item,
  );
}
