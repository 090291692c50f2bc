import { createHash } from "node:crypto";
import { z } from "zod";
import { checked, type Form } from "./form.ts";

/** Longest DNS label, hence longest namespace name (RFC 1123). */
const maxLabelLength = 63;

const namespacePrefix = "env-";
const hashLength = 12;
const maxStackSlugLength = 27;
const maxTagSlugLength = 63;

/** A commit's hash, SHA-1 or SHA-256, in full or shortened. */
export const commitPattern = /^[0-9a-f]{7,64}$/;

export const commitForm: Form<string> = {
  schema: z.string().regex(commitPattern),
  rule: "7 to 64 hexadecimal digits",
  example: "9dff06f",
};

/** What one environment belongs to. */
export interface Identity {
  /** Project path, such as `shop/deals`. */
  project: string;
  /** Branch or tag, in full. */
  ref: string;
  /** Commit, run id, or empty for one environment per ref. */
  key: string;
}

/** A DNS label that resembles `text`: lower case, other characters as single dashes, at most `maxLength` long. */
export function slug(text: string, maxLength: number): string {
  const dashed = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, maxLength)
    .replace(/-+$/, "");
  return dashed === "" ? "ref" : dashed;
}

/**
 * Name of the stack of an environment: the ref's slug and 60 bits of a hash of the whole identity, so that two
 * refs with the same slug, or refs that differ in case only, never share an environment. At most 40 characters.
 */
export function stackName(identity: Identity): string {
  const hash = shortHash(JSON.stringify([identity.project, identity.ref, identity.key]));
  return `${slug(identity.ref, maxStackSlugLength)}-${hash}`;
}

const computedName = new RegExp(
  `^[a-z0-9-]{1,${String(maxStackSlugLength)}}-[a-z2-7]{${String(hashLength)}}$`,
);

/** Whether a name has the form of those that {@link stackName} computes, so that it may be that of somebody's preview. */
export function looksComputed(stack: string): boolean {
  return computedName.test(stack);
}

const imageEnding = "-image";

/** Of the 100 characters that Pulumi allows, the image's stack needs some for its ending. */
const maxGivenLength = 100 - imageEnding.length;

/** Such a name is also safe as the name of a file or folder, and is never taken for an option. */
const stackPattern = new RegExp(
  `^(?=.{1,${String(maxGivenLength)}}$)(?!.*${imageEnding}$)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_-])?$`,
  "i",
);

/** Whether an environment's stack may have this name; every name that {@link stackName} computes is one. */
export function isStackName(name: string): boolean {
  return stackPattern.test(name);
}

export const stackForm: Form<string> = {
  schema: z.string().regex(stackPattern),
  rule: `1 to ${String(maxGivenLength)} letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no ${imageEnding} at the end`,
  example: "feature-login",
};

/** @throws unless an environment's stack may have this name. */
export function checkStackName(argument: string, name: unknown): void {
  checked(argument, name, stackForm);
}

/** The stack that builds the image of an environment's application. */
export function imageStackOf(stack: string): string {
  return `${stack}${imageEnding}`;
}

/** The stack of the environment whose image this stack builds; nothing where it is not an image's stack. */
export function environmentStackOf(imageStack: string): string | undefined {
  if (!imageStack.endsWith(imageEnding)) return undefined;
  const stack = imageStack.slice(0, -imageEnding.length);
  return isStackName(stack) ? stack : undefined;
}

/**
 * Namespace of a stack, derived from the stack's name alone. A name that is a DNS label is kept behind the prefix
 * `env-`; any other becomes slug, two dashes and hash. A kept name has no two dashes, so the two never meet.
 */
export function namespaceName(stack: string): string {
  const room = maxLabelLength - namespacePrefix.length;
  const isLabel = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(stack);
  if (isLabel && stack.length <= room) return `${namespacePrefix}${stack}`;
  return `${namespacePrefix}${slug(stack, room - hashLength - 2)}--${shortHash(stack)}`;
}

/**
 * Tag of an image built from `commit` of `ref`: at most 128 characters, as registries demand.
 * @param dirty hash of changes that are not committed, if there are any.
 */
export function imageTag(ref: string, commit: string, dirty?: string): string {
  const change = dirty === undefined ? "" : `-dirty-${slug(dirty, 12)}`;
  return `${slug(ref, maxTagSlugLength - change.length)}-${slug(commit, maxTagSlugLength + 1)}${change}`;
}

/** 60 bits of SHA-256 in the alphabet of DNS labels. */
export function shortHash(text: string): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  const digest = createHash("sha256").update(text).digest();
  return Array.from(digest.subarray(0, hashLength), (byte) => alphabet.charAt(byte & 31)).join("");
}
