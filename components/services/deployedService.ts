import type * as pulumi from "@pulumi/pulumi";
import type { Service } from "../model/index.ts";
import type { ImageBuild } from "./applicationImage.ts";

/** A service with its image, and with variables whose values a program may learn only when it runs. */
export interface DeployedService extends Service {
  /** Image, by tag or digest. Default: none, `build` is given. */
  image?: pulumi.Input<string>;
  /** How its image is built and pushed; not with trust `fork`. Default: none, `image` is given. */
  build?: ImageBuild;
  /** Environment variables that are kept in a ConfigMap; a change rolls the pods. Default: `{}`. */
  variables?: Record<string, pulumi.Input<string>>;
  /**
   * Environment variables that are kept in a Secret; always treated as secrets, and left out with trust `fork`.
   * Default: `{}`.
   */
  secrets?: Record<string, pulumi.Input<string>>;
  /**
   * Files that are kept in a Secret, read-only: absolute path to content; always treated as secrets, and left out with
   * trust `fork`. A change rolls the pods. Default: `{}`.
   */
  secretFiles?: Record<string, pulumi.Input<string>>;
}

/** The service as the graph knows it. */
export function definitionOf(service: DeployedService): Service {
  const { image: _image, build: _build, variables: _variables, secrets: _secrets, ...more } = service;
  const { secretFiles: _secretFiles, ...definition } = more;
  return definition;
}
