import {
  type Companion,
  defaultRegistry,
  imageReference,
  isByTag,
  type Service,
  taggedImage,
} from "../components/model/index.ts";
import type { Settings } from "./settings.ts";

type Source = Pick<Settings, "imagePrefix" | "standIns">;

/** What runs in the place of an image that is named by a tag: its stand-in, where one is given. */
export function orStandIn<T>(image: T, { imagePrefix: prefix, standIns }: Source): T | string {
  if (!isByTag(image)) return image;
  const { registry, path, tag } = taggedImage(image);
  const hasStandIn = registry === defaultRegistry && Object.hasOwn(standIns, `${path}:${tag}`);
  return hasStandIn ? imageReference({ repository: path, tag }, { prefix, standIns }) : image;
}

/** The same for the containers beside a service's own. */
export function containersOrStandIns(
  { initContainers, sidecars }: Pick<Service, "initContainers" | "sidecars">,
  source: Source,
): Pick<Service, "initContainers" | "sidecars"> {
  const each = (list: Companion[]) =>
    list.map((one) => (one.image === undefined ? one : { ...one, image: orStandIn(one.image, source) }));
  return {
    ...(initContainers && { initContainers: each(initContainers) }),
    ...(sidecars && { sidecars: each(sidecars) }),
  };
}
