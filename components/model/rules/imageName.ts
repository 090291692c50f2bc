// Names of images as registries and Docker take them: the grammar of the distribution project's reference package.
import { z } from "zod";
import type { Form } from "./form.ts";
import { shortHash, slug } from "./names.ts";

const part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const path = `${part}(?:/${part})*`;
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const ipv6 = "\\[[0-9a-fA-F:]*:[0-9a-fA-F:]*\\]";
const registry = `(?:${label}(?:\\.${label})*|${ipv6})(?::\\d{1,5})?`;
/** What Docker takes for a registry, and not for the first part of a path. */
const qualified = `(?=[^/]*[.:]|localhost/)${registry}`;
const tag = "[\\w][\\w.-]{0,127}";
const digest = "sha256:[0-9a-f]{64}";
/** Of registry and path together. */
const short = "(?=[^@]{1,255}(?:@|$))";

/** A registry's host, with a port if it needs one. */
export const registryPattern = new RegExp(`^${registry}$`);
/** A repository in a registry that is named. */
export const repositoryPattern = new RegExp(`^${short}${qualified}/${path}$`);
/** A registry, with or without the beginning of a path. */
export const prefixPattern = new RegExp(`^${short}${registry}(?:/${path})?$`);
/** A repository without its registry. */
export const pathPattern = new RegExp(`^${short}${path}$`);
export const tagPattern = new RegExp(`^${tag}$`);
export const digestPattern = new RegExp(`^${digest}$`);
/** A reference to an image by digest. */
export const byDigest = new RegExp(`^${short}(?:${registry}/)?${path}(?::${tag})?@${digest}$`);
/** Any reference to an image, as FROM takes it. */
export const imagePattern = new RegExp(`^${short}(?:${registry}/)?${path}(?::${tag})?(?:@${digest})?$`);

/** A reference by a tag, which may name another image tomorrow. */
const byTag = new RegExp(`^${short}(?:${registry}/)?${path}:${tag}$`);
/** What Docker takes for a registry, at the beginning of a reference. */
const registryPrefix = new RegExp(`^(?:${qualified}/|[^/]*[A-Z][^/]*/)`);

const digestExample = `sha256:${"0".repeat(64)}`;

/** An image by its digest. */
export const imageForm: Form<string> = {
  schema: z.string().max(512).regex(byDigest),
  rule: "a reference by digest",
  example: `registry.example.com/shop/deals@${digestExample}`,
};

/** An image by a tag or by its digest. Without either it would be the tag latest, which is hardly what somebody means. */
export const taggedForm: Form<string> = {
  schema: z
    .string()
    .max(512)
    .refine((image) => byTag.test(image) || byDigest.test(image)),
  rule: "a reference by tag or digest",
  example: "postgres:16",
};

/** Whether it is a reference by tag, whose digest the registry tells. */
export function isByTag(image: unknown): image is string {
  return typeof image === "string" && image.length <= 512 && byTag.test(image);
}

/** Where the images are that name no registry. */
export const defaultRegistry = "docker.io";

/** A reference by tag, in its parts. */
export interface TaggedImage {
  /** Host, with a port if it needs one. */
  registry: string;
  /** Repository there, such as `library/postgres`. */
  path: string;
  tag: string;
}

/** What a reference by tag means: Docker's own registry where it names none, and the official images there. */
export function taggedImage(reference: string): TaggedImage {
  const [prefix = ""] = registryPrefix.exec(reference) ?? [];
  const registry = prefix.slice(0, -1).replace(/^index\.docker\.io$/, defaultRegistry) || defaultRegistry;
  const [, given = "", found = ""] = /^(.*):([^:/]*)$/.exec(reference.slice(prefix.length)) ?? [];
  const isOfficial = registry === defaultRegistry && !given.includes("/");
  return { registry, path: isOfficial ? `library/${given}` : given, tag: found };
}

export const digestForm: Form<string> = {
  schema: z.string().regex(digestPattern),
  rule: "a digest",
  example: digestExample,
};

/** The longest path that leaves room for a registry's name. */
const maxPathLength = 180;

/**
 * Path of the repository of a project's images. A valid one is kept; of any other the parts become slugs, and the last ends
 * with a hash of the whole. What ends like that by itself is hashed too, so that no two projects share a repository.
 */
export function repositoryPath(project: string): string {
  const isValid = pathPattern.test(project) && project.length <= maxPathLength;
  if (isValid && !/--[a-z2-7]{12}$/.test(project)) return project;
  const parts = project.split("/").filter((name) => name !== "");
  const readable = parts.map((name) => (pathPattern.test(name) ? name : slug(name, 60))).join("/");
  const fits = readable !== "" && readable.length <= maxPathLength - 14;
  return `${fits ? readable : slug(project, maxPathLength - 14)}--${shortHash(project)}`;
}
