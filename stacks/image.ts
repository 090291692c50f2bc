import { existsSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { ApplicationImage, type ImageBuild } from "../components/index.ts";
import { shown, trustRules } from "../components/model/index.ts";
import { deals } from "../example/service.ts";
import { whyForeign } from "../foundation/ownCode.ts";
import { asRunError, fullName, type Settings } from "./settings.ts";

/** Builds the application's image in a stack of its own, for pipelines whose deploy job has no Docker. */
export function imageStack(settings: Settings) {
  return { image: new ApplicationImage(deals.name, { build: imageBuild(settings, deals.name) }).image };
}

/** How the application's image is built, with a tag that tells when the checkout is not what was committed. */
export function imageBuild(settings: Settings, name: string): ImageBuild {
  if (!trustRules[settings.trust].push)
    throw new RunError(
      `setting ${fullName("trust")} is ${settings.trust}, which pushes no image: give ${fullName("image")}, a reference by digest`,
    );
  if (!existsSync(join(settings.context, "Dockerfile")))
    throw new RunError(
      `setting ${fullName("context")} is ${shown(settings.context)} but must be a folder with a Dockerfile, such as example`,
    );
  const must = asRunError(() => whyForeign(settings.context));
  if (must !== undefined)
    throw new RunError(
      `setting ${fullName("context")} is ${shown(settings.context)} but must be ${must}, whose commit the image tells, such as example`,
    );
  const { imageRepository, ref, commit, context, baseImage, registry } = settings;
  const dirty = settings.dirty();
  return {
    repository: `${imageRepository}/${name}`,
    ref,
    commit,
    context,
    args: { BASE: baseImage },
    ...(dirty !== undefined && { dirty }),
    ...registry,
  };
}
