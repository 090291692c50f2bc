import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import { differences, type Difference } from "./diffPaths.ts";

type Locked = Pick<ReleaseLock, "images" | "graph">;

/** Images that two releases have by other digests, or one of them alone, by the names of their services. */
export function imageDifferences(from: Locked, to: Locked): Difference[] {
  const names = [...new Set([from, to].flatMap(({ images }) => Object.keys(images)))].sort();
  return names.flatMap((name) =>
    differences(from.images[name], to.images[name]).map((one) => ({ ...one, path: name })),
  );
}

/** In what the graphs of two releases differ, but for the images, which are told apart. */
export function graphDifferences(from: Locked, to: Locked): Difference[] {
  const [own, others] = [from, to].map(({ images }) => new Set(Object.values(images).flatMap(partsOf)));
  const isImage = (value: unknown, all = new Set<string>()) =>
    value === undefined || (typeof value === "string" && all.has(value));
  return differences(from.graph, to.graph).filter(
    (one) => !(/[.]image([.]digest)?$/.test(one.path) && isImage(one.from, own) && isImage(one.to, others)),
  );
}

/** A reference, and its digest alone, which catalogues have apart. */
function partsOf(reference: string): string[] {
  const [, digest] = reference.split("@");
  return digest === undefined ? [reference] : [reference, digest];
}

/** In what settings differ, by their whole names; of one that is JSON, within it. */
export function settingDifferences(from: Record<string, string>, to: Record<string, string>): Difference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names.flatMap((name) =>
    differences(valueOf(from[name]), valueOf(to[name])).map((one) => ({
      ...one,
      path: one.path === "" ? name : `${name}${one.path.startsWith("[") ? "" : "."}${one.path}`,
    })),
  );
}

function valueOf(text: string | undefined): unknown {
  if (text === undefined || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
