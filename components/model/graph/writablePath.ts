import { z } from "zod";
import { text } from "./demands.ts";
import { folderPattern, isReserved, isWithin } from "./folders.ts";
import { formatBytes, parseBytes } from "../rules/quantities.ts";

/** A folder that a service writes to. */
export interface WritablePath {
  path: string;
  /** Default: what the pod may use of the node's disk. */
  size?: string;
}

/** The folder that a text such as `/tmp` or `/tmp:2Gi` means. */
export function writablePath(stated: string): WritablePath {
  const [path = "", size] = stated.split(/:(.*)/s);
  return size === undefined ? { path } : { path, size };
}

/** The sum of the sizes that are stated, in bytes. */
export function statedSizes(writablePaths: string[] = []): number {
  const sizes = writablePaths.flatMap((stated) => writablePath(stated).size ?? []);
  return sizes.reduce((sum, size) => sum + parseBytes(size), 0);
}

/** What a pod may write where nothing is stated: so much beside the folders that have a size. */
export function roomWith(bytes: string, writablePaths?: string[]): string {
  const sizes = statedSizes(writablePaths);
  return sizes === 0 ? bytes : formatBytes(parseBytes(bytes) + sizes);
}

const pathOf = (stated: string) => writablePath(stated).path;

const folder = text(/^/, "an absolute path, such as /var/lib/data")
  .refine((stated) => folderPattern.test(pathOf(stated)), "an absolute path, such as /var/lib/data")
  .refine(
    (stated) => !isReserved(pathOf(stated)),
    "a folder that is neither the system's nor holds the image's programs, such as /var/lib/data",
  )
  .refine(hasSize, "a path with a size above zero behind its colon, such as /var/lib/data:2Gi");

function hasSize(stated: string): boolean {
  const { size } = writablePath(stated);
  try {
    return size === undefined || parseBytes(size) > 0;
  } catch {
    return false;
  }
}

export const writablePaths = z
  .array(folder, 'a list of absolute paths, such as ["/tmp"]')
  .refine(
    (stated) => new Set(stated.map(pathOf)).size === stated.length,
    'a list of different paths, such as ["/tmp"]',
  )
  .refine((stated) => {
    const paths = stated.map(pathOf);
    return !paths.some((path) => paths.some((other) => isWithin(path, other) && path !== other));
  }, 'a list of paths of which none is within another, such as ["/tmp"]');
