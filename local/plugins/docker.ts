// A drop-in for the docker plugin where the official one cannot be downloaded; see README.md.
import { relative } from "node:path";
import type { CheckFailure } from "@pulumi/pulumi/provider/provider.js";
import { dockerignoreOf, hashContext } from "./contextHash.ts";
import { connectEngineLog, logProgress, logWarning } from "./engineLog.ts";
import { buildImage } from "./imageBuild.ts";
import { changedImageInputs, fileProblems, imageProblems, withBuildDefaults } from "./imageInputs.ts";
import type { ImageInputs } from "./imageInputs.ts";
import { versionOf } from "../versions.ts";
import { serve } from "./serve.ts";
import {
  isObject,
  isSecret,
  isUnknown,
  plain,
  plainProps,
  secret,
  secretStrings,
  type Props,
} from "./values.ts";

// The official provider keeps the inputs in state under this name, as a secret.
const INPUTS = "__inputs";
const abort = new AbortController();

connectEngineLog(process.argv.slice(2));
await serve("docker", `${versionOf("docker")}+drop-in`, {
  token: "docker:index/image:Image",
  check,
  diff(olds, news) {
    // An image is rebuilt in place, as by the official provider, and never replaced.
    const changed = changedImageInputs((plain(olds[INPUTS]) ?? {}) as Props, news);
    return { changes: changed.length > 0 };
  },
  async create(urn, news) {
    return { id: plainProps(news).imageName as string, outs: await build(urn, news) };
  },
  async update(urn, news) {
    return { outs: await build(urn, news) };
  },
  cancel() {
    abort.abort();
  },
});

async function check(news: Props): Promise<CheckFailure[] | Props> {
  const problems = imageProblems(news);
  if (problems.length > 0) return problems;
  const given = news.build ?? {};
  const defaulted = isUnknown(given) ? given : await checkBuild(isSecret(given) ? given.value : given);
  if (Array.isArray(defaulted)) return defaulted as CheckFailure[];
  return { buildOnPreview: false, ...news, build: isSecret(given) ? secret(defaulted) : defaulted };
}

async function checkBuild(build: unknown): Promise<CheckFailure[] | Props> {
  const raw = isObject(build) ? build : {};
  const inputs = withBuildDefaults({ ...raw, ...known(raw) });
  const { context, dockerfile } = plainProps(inputs);
  if (isUnknown(context) || isUnknown(dockerfile)) return inputs;
  const problems = [
    ...fileProblems(context as string, dockerfile as string),
    ...(await dockerignoreProblems(context as string)),
  ];
  if (problems.length > 0) return problems;
  return { ...inputs, contextDigest: await hashContext(context as string, dockerfile as string) };
}

async function dockerignoreProblems(context: string): Promise<CheckFailure[]> {
  try {
    await dockerignoreOf(context);
    return [];
  } catch (error) {
    return [{ property: "build.context", reason: (error as Error).message }];
  }
}

/** Paths and platform as plain values, because the defaults are computed from them and they are not secrets. */
function known(build: Props): Props {
  const { context, dockerfile, platform } = plainProps(build);
  return { context, dockerfile, platform };
}

async function build(urn: string, news: Props): Promise<Props> {
  const image = plainProps(news) as unknown as ImageInputs;
  const { context, dockerfile, platform } = image.build;
  const { server = "", username, password } = image.registry ?? {};
  if (!image.skipPush && Boolean(username) !== Boolean(password)) {
    logWarning(urn, "registry needs both username and password; using the credentials of this user's Docker");
  }
  const secrets = [password ?? "", ...secretArguments(news.build)];
  const onLine = (line: string): void => {
    logProgress(urn, line);
  };
  const digest = await buildImage(image, { secrets, cancelSignal: abort.signal, onLine });
  const mark = isSecret(news.imageName) ? secret : (value: unknown): unknown => value;
  return {
    baseImageName: mark(image.imageName),
    context,
    dockerfile: relative(context, dockerfile),
    imageName: mark(image.imageName),
    platform,
    registryServer: server,
    repoDigest: mark(digest),
    [INPUTS]: secret(withoutCredentials(plainProps(news))),
  };
}

// No diff asks for them, and what state does not hold cannot leak from it.
function withoutCredentials({ registry, ...others }: Props): Props {
  return isObject(registry) ? { ...others, registry: { server: registry.server } } : others;
}

function secretArguments(build: unknown): string[] {
  if (isSecret(build)) return secretStrings(secret(plainProps(build.value as Props).args));
  return isObject(build) ? secretStrings(build.args) : [];
}
