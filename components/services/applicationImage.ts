import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  checkImage,
  checkPattern,
  checkText,
  imageTag,
  repositoryPattern,
  shown,
  variablePattern,
} from "../model/index.ts";
import { explained, validated } from "../validation.ts";

/** How the application's image is built and where it is pushed to. */
export interface ImageBuild {
  /** Repository that is pushed to, such as `registry.example.com/shop/deals`. */
  repository: string;
  /** Branch or tag that is built. */
  ref: string;
  /** Commit that is built, and the end of the tag. */
  commit: string;
  /**
   * Whether the Dockerfile gets the commit as its argument `COMMIT`. A service beside the application that does without may
   * have an earlier `commit` than the environment: the last one that changed what it is built from. Default: `true`.
   */
  tellsCommit?: boolean;
  /** Hash of changes that are not committed. Default: there are none. */
  dirty?: string;
  /** Folder that is sent to the builder, relative to the program. */
  context: string;
  /** Path of the Dockerfile, relative to the program. Default: `Dockerfile` in the context. */
  dockerfile?: string;
  /** Arguments of the Dockerfile beside `COMMIT`. Default: `{}`. */
  args?: Record<string, pulumi.Input<string>>;
  /** Stage of the Dockerfile that is built. Default: the last one. */
  target?: string;
  /** Platform that is built for. Default: `linux/amd64`. */
  platform?: string;
  /** Registry's host and port for the login. Default: no login. */
  server?: pulumi.Input<string>;
  /** User that may push. Default: none. */
  username?: pulumi.Input<string>;
  /** Password or token of that user; always treated as a secret. Default: none. */
  password?: pulumi.Input<string>;
}

/** With what an image is pushed. */
export interface ImageLogin {
  /** Registry's host and port. */
  server: pulumi.Input<string>;
  /** User that may push. */
  username: pulumi.Input<string>;
  /** Password or token of that user; always treated as a secret. */
  password: pulumi.Input<string>;
}

export interface ApplicationImageArgs {
  /** Reference by digest of an image that exists. Default: none, `build` is given. */
  image?: pulumi.Input<string>;
  /** How it is built and pushed. Default: none, `image` is given. */
  build?: ImageBuild;
}

/**
 * The image of an application: built and pushed with the tag `<ref-slug>-<commit>` (`-dirty-<hash>` with changes that
 * are not committed), or one that exists. It outlives its environment.
 */
export class ApplicationImage extends pulumi.ComponentResource {
  /** Reference by digest. */
  public readonly image: pulumi.Output<string>;

  constructor(name: string, args: ApplicationImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, build } = args;
    validated("ApplicationImage", name, args, ["image"], () => {
      checkImageOrBuild(args);
    });
    super("dynamic-environments:index:ApplicationImage", name, {}, opts);
    this.image =
      build === undefined
        ? pulumi.output(image ?? "").apply((reference) =>
            explained("ApplicationImage", name, () => {
              checkImage("image", reference);
              return reference;
            }),
          )
        : built(name, build, this);
    this.registerOutputs({ image: this.image });
  }
}

/**
 * @param group what stands before the names of both. @param kind of reference that an image is.
 * @throws when there is not exactly one of image and build, or the build is wrong.
 */
export function checkImageOrBuild(
  { image, build }: ApplicationImageArgs,
  group = "",
  kind = "a reference by digest",
): void {
  if ((image === undefined) === (build === undefined))
    throw new Error(
      `give either ${group}image, ${kind}, or ${group}build, such as { repository, context, ... }`,
    );
  if (build !== undefined) checkBuild(`${group}build`, build);
}

/** @throws when something that an image is built from is empty, or a login is incomplete. */
function checkBuild(argument: string, build: ImageBuild): void {
  const { repository, ref, commit, context, dirty, args = {}, target, platform } = build;
  const { server, username, password } = build;
  const place = "a repository with its registry, such as registry.example.com/shop/deals";
  checkPattern(`${argument}.repository`, repository, repositoryPattern, place);
  checkText(`${argument}.ref`, ref, "main");
  checkText(`${argument}.commit`, commit, "9dff06f");
  checkText(`${argument}.context`, context, "example");
  for (const name of Object.keys(args))
    checkPattern(
      `the name of one of ${argument}.args`,
      name,
      variablePattern,
      "that of a variable, such as BASE",
    );
  if (target !== undefined) checkPattern(`${argument}.target`, target, stagePattern, stageRule);
  if (platform !== undefined) checkPlatform(`${argument}.platform`, platform);
  if (dirty === "")
    throw new Error(`${argument}.dirty is empty: leave it out where all changes are committed`);
  checkLogin(argument, { server, username, password });
}

/** What a Dockerfile takes as a stage: its name after AS, which the builder reads in lower case, or its number. */
const stagePattern = /^([a-zA-Z][a-zA-Z0-9_.-]*|\d+)$/;
const stageRule = "a stage of the Dockerfile, such as runtime";

/** @throws when it is none that images are built for. */
export function checkPlatform(argument: string, platform: string): void {
  const form = /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/;
  checkPattern(argument, platform, form, "a platform, such as linux/amd64");
}

/** The login as the provider takes it; nothing where there is none. */
export function registryOf({ server, username, password }: Partial<ImageLogin>) {
  if (server === undefined) return {};
  return { registry: { server, username: username ?? "", password: pulumi.secret(password ?? "") } };
}

/** @throws when a part of a login is missing. */
function checkLogin(
  argument: string,
  login: Record<keyof ImageLogin, pulumi.Input<string> | undefined>,
): void {
  const given = Object.entries(login).filter(([, value]) => value !== undefined);
  if (given.length > 0 && given.length < 3)
    throw new Error(
      `${argument} has ${given.map(([key]) => key).join(" and ")} alone: a login is server, username and password`,
    );
}

function built(name: string, build: ImageBuild, parent: ApplicationImage): pulumi.Output<string> {
  const { context, args, target, tellsCommit = true } = build;
  const tag = imageTag(build.ref, build.commit, build.dirty);
  const image = new docker.Image(
    name,
    {
      imageName: `${build.repository}:${tag}`,
      build: {
        context,
        dockerfile: build.dockerfile ?? `${context}/Dockerfile`,
        args: { ...args, ...(tellsCommit && { COMMIT: build.commit }) },
        ...(target !== undefined && { target }),
        platform: build.platform ?? "linux/amd64",
      },
      ...registryOf(build),
    },
    { parent },
  );
  return image.repoDigest;
}

/**
 * @param mayBeEarlier whether it may be of an earlier commit where it does not tell which.
 * @throws when an environment's image is built from another branch or commit than the environment is of.
 */
export function checkSameCode(
  identity: { ref: string; commit: string },
  argument: string,
  build: ImageBuild | undefined,
  mayBeEarlier: boolean,
): void {
  if (build === undefined) return;
  const compared =
    mayBeEarlier && build.tellsCommit === false ? (["ref"] as const) : (["ref", "commit"] as const);
  for (const key of compared)
    if (build[key] !== identity[key])
      throw new Error(
        `${argument}.build.${key} is ${shown(build[key])} but must be ${shown(identity[key])}, as identity.${key} is`,
      );
}
