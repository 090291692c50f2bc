import type * as pulumi from "@pulumi/pulumi";
import { checkImage, isByTag } from "../model/index.ts";

/** @throws when an image is named by a tag, and nobody says which digest that has. */
export function checkPinned(
  what: string,
  image: string | undefined,
  pinnedImages: Record<string, pulumi.Input<string>>,
): void {
  if (isByTag(image) && !Object.hasOwn(pinnedImages, image)) checkImage(what, image);
}
