import { z } from "zod";
import { text } from "./demands.ts";
import { folderPattern, isReserved, isWithin } from "./folders.ts";
import type { Service } from "./service.ts";
import { writablePath } from "./writablePath.ts";
import { mapping } from "../rules/mapping.ts";
import { named, shown } from "../rules/shown.ts";
import { checkContents } from "../rules/size.ts";

/** Where a seed's files are. */
export const seedFolder = "/seed";

const must = "the absolute path of a file that is not the system's, such as /etc/app/settings.json";
const filePath = text(folderPattern, must).refine((path) => !isReserved(path), must);

export const files = mapping(
  filePath,
  z.string("a text, such as hello"),
  'an object from path to content, such as {"/etc/app/settings.json": "{}"}',
);

/**
 * @param given files of the service by the argument that gives them: path to a content of any kind.
 * @throws when one has no path that files can have, or all do not fit into their place.
 */
export function checkFiles(
  { name, writablePaths = [], seed }: Service,
  given: Record<string, object | undefined>,
): void {
  const of = `of service ${shown(name)}`;
  const all = Object.entries(given).flatMap(([argument, some = {}]) =>
    Object.keys(some).map((path) => ({ argument, path })),
  );
  for (const [argument, some = {}] of Object.entries(given)) checkContents(`${argument} ${of}`, some);
  for (const [index, { argument, path }] of all.entries()) {
    if (!filePath.safeParse(path).success)
      throw new Error(`${argument} ${of} has the key ${shown(path)} but its keys must be ${must}`);
    const isInTheWay = (other: string) => isWithin(other, path) || isWithin(path, other);
    const file = all.slice(0, index).find((other) => isInTheWay(other.path));
    if (file !== undefined)
      throw new Error(
        `${argument} ${of} names ${named(path)}, which is in the way of its file ${named(file.path)}: give one of them another path`,
      );
    const folder = writablePaths.map(writablePath).find((other) => isWithin(other.path, path));
    if (folder !== undefined)
      throw new Error(
        `${argument} ${of} names ${named(path)}, where its folder ${named(folder.path)} is: give one of them another path`,
      );
    if (seed?.files && isWithin(path, seedFolder))
      throw new Error(
        `${argument} ${of} names ${named(path)}, where its seed's files are: give it another path, such as /etc/app/settings.json`,
      );
  }
}
