import { deals } from "../example/service.ts";
import { buildApplicationImage } from "./applicationImage.ts";
import type { Settings } from "./settings.ts";

/** Builds the application's image in a stack of its own, for pipelines whose deploy job has no Docker. */
export function imageStack(settings: Settings) {
  return { image: buildApplicationImage(settings, deals.name) };
}
