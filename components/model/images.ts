import type { PublishedImage } from "./service.ts";

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
