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

/** An image by tag of Docker Hub that a service is given, such as `image: "postgres:16"`. */
const ownImage = /\bimage["']?\s*:\s*["'`](?:docker\.io\/)?(?:library\/)?([\w./-]+:[\w.-]+)["'`]/g;

/** @param texts the program's sources. */
export function wantedBy(texts: string[]): Wanted {
  const images = texts.flatMap((text) => [...text.matchAll(ownImage)].map(([, name = ""]) => name));
  const others = texts.map((text) => text.replace(ownImage, ""));
  // Not where it is a part of an address, such as s3://state or s3.example.com.
  const isNamed = (word: string) =>
    others.some((text) => new RegExp(`(?<![\\w-])${word}(?![\\w-]|:\\/\\/|\\.\\w)`).test(text));
  const backing = backingServices.services.flatMap(({ name, image }) => {
    const repository = image.repository.replace(/^library\//, "");
    const tags = images.filter((one) => one.startsWith(`${repository}:`));
    const named = tags.map((one) => `${name}${one.slice(repository.length)}`);
    return [...(isNamed(name) ? [name] : []), ...new Set(named)];
  });
  return { shop: isNamed("sockShop"), backing, gateway: isNamed("exposed") || isNamed("exposure") };
}

function folderOrNone(): string | undefined {
  try {
    return programFolder();
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.usage) return undefined;
    throw error;
  }
}
