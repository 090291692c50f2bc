import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CheckFailure } from "@pulumi/pulumi/provider/provider.js";
import { isFullyQualified } from "./imageName.ts";
import { isObject, isUnknown, plainProps, type Props } from "./values.ts";
import { shown } from "../../components/model/index.ts";

export interface ImageInputs {
  imageName: string;
  skipPush?: boolean;
  build: {
    context: string;
    dockerfile: string;
    platform: string;
    args?: Record<string, string>;
    target?: string;
  };
  registry?: { server?: string; username?: string; password?: string };
}

const GROUPS: Record<string, string[]> = {
  build: ["context", "dockerfile", "args", "platform", "target", "contextDigest"],
  registry: ["server", "username", "password"],
};
const KINDS: Record<string, "string" | "boolean" | "object"> = {
  imageName: "string",
  skipPush: "boolean",
  buildOnPreview: "boolean",
  build: "object",
  registry: "object",
};
// Node and Go, whose names platforms use, differ in these.
const ARCHITECTURES: Record<string, string> = { x64: "amd64", ia32: "386" };

/** The build inputs with the official provider's defaults. */
export function withBuildDefaults(build: Props): Props {
  const context = build.context ?? ".";
  const dockerfile =
    build.dockerfile ?? (isUnknown(context) ? context : join(context as string, "Dockerfile"));
  const platform = build.platform ?? `linux/${ARCHITECTURES[process.arch] ?? process.arch}`;
  return { ...build, context, dockerfile, platform };
}

/** What is wrong with the shape of the inputs, one sentence each. */
export function imageProblems(inputs: Props): CheckFailure[] {
  const given = plainProps(inputs);
  const problems = [...topLevelProblems(given), ...groupProblems(given)];
  return problems.length > 0 ? problems : [...nameProblems(given)];
}

function* topLevelProblems(given: Props): Generator<CheckFailure> {
  if (given.imageName === undefined) yield failure("imageName", "is required");
  for (const [name, value] of Object.entries(given)) {
    const kind = KINDS[name];
    if (kind === undefined) yield unsupported(name);
    else if (isUnknown(value)) continue;
    else if (kind === "object" ? !isObject(value) : typeof value !== kind) {
      yield failure(name, `must be of type ${kind}`);
    }
  }
}

function* groupProblems(given: Props): Generator<CheckFailure> {
  for (const [group, names] of Object.entries(GROUPS)) {
    const values = given[group];
    if (!isObject(values)) continue;
    for (const [name, value] of Object.entries(values)) {
      const property = `${group}.${name}`;
      const isMap = isObject(value) && Object.values(value).every((item) => typeof item === "string");
      if (!names.includes(name)) yield unsupported(property);
      else if (name === "args" && !isUnknown(value) && !isMap)
        yield failure(property, "must be a map of strings");
      else if (name !== "args" && typeof value !== "string")
        yield failure(property, "must be of type string");
    }
  }
}

function* nameProblems({ imageName, skipPush }: Props): Generator<CheckFailure> {
  if (isUnknown(imageName) || isUnknown(skipPush) || skipPush === true) return;
  if (!isFullyQualified(imageName as string)) {
    const rule = `must name its registry, for example docker.io/user/image:tag, not ${shown(imageName)}`;
    yield failure("imageName", rule);
  }
}

/** What is wrong with the files that a build would read. */
export function fileProblems(context: string, dockerfile: string): CheckFailure[] {
  if (!statSync(context, { throwIfNoEntry: false })?.isDirectory()) {
    return [failure("build.context", `${shown(context)} is not a folder`)];
  }
  const specific = `${dockerfile}.dockerignore`;
  if (existsSync(specific)) {
    return [failure("build.dockerfile", `has ${specific}, which this drop-in cannot use: use .dockerignore`)];
  }
  if (existsSync(dockerfile)) return [];
  const inContext = join(context, dockerfile);
  const hint = existsSync(inContext) ? `: try ${shown(inContext)}` : "";
  return [failure("build.dockerfile", `${shown(dockerfile)} does not exist${hint}`)];
}

/**
 * The inputs whose change asks for another build. As in the official provider a new user or password alone does not:
 * these change often and do not change the image.
 */
export function changedImageInputs(olds: Props, news: Props): string[] {
  const [before, after] = [comparable(olds), comparable(news)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}

function comparable(inputs: Props): Record<string, string> {
  const { registry, ...others } = plainProps(inputs);
  const server = isObject(registry) ? (registry.server ?? "") : registry;
  const entries = Object.entries({ ...others, registry: server }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, JSON.stringify(value, sortKeys)]));
}

function sortKeys(_key: string, value: unknown): unknown {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

function unsupported(property: string): CheckFailure {
  return failure(property, "is not an input that this drop-in of the docker plugin supports");
}

function failure(property: string, rule: string): CheckFailure {
  return { property, reason: `${property} ${rule}` };
}
