import { checkPattern } from "./arguments.ts";
import { digestPattern, prefixPattern } from "./imageName.ts";
import type { PublishedImage } from "./service.ts";
import { shown } from "./shown.ts";

/** Where published images are pulled from unless somebody says otherwise. */
export const publishedPrefix = "docker.io";

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

/** Reference by digest under which an image is pulled. */
export function imageReference(image: PublishedImage, source: ImageSource): string {
  const name = `${image.repository}:${image.tag}`;
  return `${source.prefix}/${name}@${source.standIns?.[name] ?? image.digest}`;
}

/** @throws when images cannot be pulled from there. */
export function checkImageSource(argument: string, { prefix, standIns = {} }: ImageSource): void {
  const place = "a registry's host, with a path in lower case if it needs one, such as docker.io";
  checkPattern(`${argument}.prefix`, prefix, prefixPattern, place);
  for (const [image, found] of Object.entries(standIns)) {
    const must = `a digest, such as sha256:${"0".repeat(64)}`;
    checkPattern(`${argument}.standIns[${shown(image)}]`, found, digestPattern, must);
  }
}
