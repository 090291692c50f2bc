import { backingServices } from "../../components/model/index.ts";
import { exitCodes, Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import type { WantedImages } from "../../local/images.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { sourcesOf } from "../pulumi/programSources.ts";

/**
 * The images that the program's services have, as far as its text names them: what it does not name, the embedded cluster
 * need not have. Without a program here, nothing is wanted.
 */
export function imagesOfProgram(): WantedImages {
  const folder = folderOrNone();
  if (folder === undefined) return { shop: false, backing: [] };
  // Its own text names all that there is.
  if (folder === projectRoot) return { shop: true, backing: [] };
  return imagesNamedIn([...sourcesOf(folder)]);
}

/** @param texts the program's sources. */
export function imagesNamedIn(texts: string[]): WantedImages {
  const names = backingServices.services.map(({ name }) => name);
  // Not where it is a part of an address, such as s3://state or s3.example.com.
  const isNamed = (word: string) =>
    texts.some((text) => new RegExp(`(?<![\\w-])${word}(?![\\w-]|:\\/\\/|\\.\\w)`).test(text));
  return { shop: isNamed("sockShop"), backing: names.filter(isNamed) };
}

function folderOrNone(): string | undefined {
  try {
    return programFolder();
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.usage) return undefined;
    throw error;
  }
}
