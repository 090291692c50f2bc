import { backingServices } from "../../components/model/index.ts";
import { exitCodes, Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import type { Wanted } from "../../local/cluster.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { sourcesOf } from "../pulumi/programSources.ts";

/**
 * What the program needs of the embedded cluster, as far as its text names it: images of its services, and the gateway. What
 * it does not name, the cluster need not have. Without a program here, nothing is wanted.
 */
export function wantedByProgram(): Wanted {
  const folder = folderOrNone();
  if (folder === undefined) return { shop: false, backing: [], gateway: false };
  // Its own text names all that there is.
  if (folder === projectRoot) return { shop: true, backing: [], gateway: true };
  return wantedBy([...sourcesOf(folder)]);
}

/** @param texts the program's sources. */
export function wantedBy(texts: string[]): Wanted {
  const names = backingServices.services.map(({ name }) => name);
  const isNamed = (word: string) =>
    texts.some((text) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text));
  return {
    shop: isNamed("sockShop"),
    backing: names.filter(isNamed),
    gateway: isNamed("exposed") || isNamed("exposure"),
  };
}

function folderOrNone(): string | undefined {
  try {
    return programFolder();
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.usage) return undefined;
    throw error;
  }
}
