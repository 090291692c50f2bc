import { shell } from "./shell.ts";

/** Digests of the images that stand in for the shop's, by the published `repository:tag`. */
export const standIns = JSON.parse(shell.DYNENV_STAND_INS ?? "{}") as Record<string, string>;

/** The stand-in of a published image, by digest. */
export function standInOf(published: string): string {
  const [repository = ""] = published.split(":");
  return `${shell.DYNENV_IMAGE_PREFIX ?? ""}/${repository}@${standIns[published] ?? ""}`;
}
