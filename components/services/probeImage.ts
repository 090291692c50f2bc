import { fileURLToPath } from "node:url";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { checkGroup, checkImage, checkPattern, repositoryPattern } from "../model/index.ts";
import { validated } from "../validation.ts";
import { checkPlatform, type ImageLogin, registryOf } from "./applicationImage.ts";

export interface ProbeImageArgs {
  /** Repository that is pushed to, such as `registry.example.com/shop/probe`. */
  repository: string;
  /** Image with Node 22 or later as `node` that it is made from, by digest; the builder pulls it. */
  base: string;
  /** Platform that it is built for. Default: `linux/amd64`. */
  platform?: string;
  /** Login with which it is pushed. Default: none. */
  login?: ImageLogin;
}

/** A Dockerfile that adds nothing. */
const context = fileURLToPath(new URL("probe", import.meta.url));

/**
 * The image of the readiness Job where the application's has no Node: a Node image in one's own registry, with the tag
 * `node-<beginning of its digest>`, which all environments share. It outlives them.
 */
export class ProbeImage extends pulumi.ComponentResource {
  /** Reference by digest, for `readiness.image`. */
  public readonly image: pulumi.Output<string>;

  constructor(name: string, args: ProbeImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { repository, base, platform = "linux/amd64", login } = args;
    validated("ProbeImage", name, args, [], () => {
      const place = "a repository with its registry, such as registry.example.com/shop/probe";
      checkPattern("repository", repository, repositoryPattern, place);
      checkImage("base", base);
      checkPlatform("platform", platform);
      if (login !== undefined) checkLogin(login);
    });
    super("dynamic-environments:index:ProbeImage", name, {}, opts);
    const [, digest = ""] = base.split("@sha256:");
    const image = new docker.Image(
      `${name}-image`,
      {
        imageName: `${repository}:node-${digest.slice(0, 12)}`,
        build: { context, dockerfile: `${context}/Dockerfile`, args: { BASE: base }, platform },
        ...registryOf(login ?? {}),
      },
      { parent: this },
    );
    this.image = image.repoDigest;
    this.registerOutputs({ image: this.image });
  }
}

/** @throws when it lacks a part, or has another. */
function checkLogin(login: ImageLogin): void {
  const parts = ["server", "username", "password"] as const;
  checkGroup("login", login, [...parts]);
  const missing = parts.find((part) => (login[part] as unknown) === undefined);
  if (missing !== undefined)
    throw new Error(`login.${missing} is missing: a login is server, username and password`);
}
