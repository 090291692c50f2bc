import { z } from "zod";
import { checked, type Form } from "../rules/form.ts";
import { digestForm, prefixPattern, repositoryPattern } from "../rules/imageName.ts";
import type { PublishedImage } from "./service.ts";
import { shown } from "../rules/shown.ts";

/** Where published images are pulled from unless somebody says otherwise. */
export const publishedPrefix = "docker.io";

/** Where images are pulled from. */
export const prefixForm: Form<string> = {
  schema: z.string().max(255).regex(prefixPattern),
  rule: "a registry's host, with a path in lower case if it needs one",
  example: publishedPrefix,
};

/** Where the images of an environment's dependencies come from. */
export interface ImageSource {
  /** Registry, with an optional path, that holds the published images, such as `docker.io`. */
  prefix: string;
  /**
   * Digests of stand-ins that lie in that registry under the published names: `repository:tag` to digest.
   * Default: `{}`, the published images are used.
   */
  standIns?: Record<string, string>;
}

/** Reference under which an image is pulled: by digest, unless none is given and nothing stands in for it. */
export function imageReference(image: PublishedImage, source: ImageSource): string {
  const name = `${image.repository}:${image.tag}`;
  const standIn = source.standIns?.[name];
  const digest = standIn ?? image.digest;
  // Stand-ins lie in the one registry, whatever the name.
  const isElsewhere = standIn === undefined && repositoryPattern.test(image.repository);
  return `${isElsewhere ? "" : `${source.prefix}/`}${name}${digest === undefined ? "" : `@${digest}`}`;
}

/** @throws when images cannot be pulled from there. */
export function checkImageSource(argument: string, { prefix, standIns = {} }: ImageSource): void {
  checked(`${argument}.prefix`, prefix, prefixForm);
  for (const [image, found] of Object.entries(standIns))
    checked(`${argument}.standIns[${shown(image)}]`, found, digestForm);
}
