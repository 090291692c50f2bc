import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { imageTag } from "../components/model/names.ts";
import type { Settings } from "./settings.ts";

/** Builds and pushes the application's image. @returns its reference by digest. */
export function buildApplicationImage(settings: Settings, name: string): pulumi.Output<string> {
  const { registry } = settings;
  const image = new docker.Image(name, {
    imageName: `${settings.imageRepository}/${name}:${imageTag(settings.ref, settings.commit)}`,
    build: {
      context: settings.context,
      dockerfile: `${settings.context}/Dockerfile`,
      args: { BASE: settings.baseImage, COMMIT: settings.commit },
      platform: "linux/amd64",
    },
    registry,
  });
  return image.repoDigest;
}
