import { writablePath } from "../graph/writablePath.ts";

/** A folder that is empty when its pod starts. */
export interface EmptyFolder {
  /** Name of its volume. */
  name: string;
  path: string;
  /** Default: the room of those that state none. */
  size?: string;
}

/** The folders that a container writes to. */
export function writableFolders(writablePaths: string[] = []): EmptyFolder[] {
  return writablePaths.map((stated, index) => ({
    name: `writable-${String(index)}`,
    ...writablePath(stated),
  }));
}

/**
 * What a container mounts, and the volumes for it.
 * @param room of a folder that states no size.
 */
export function emptyFolders(folders: EmptyFolder[], room: string) {
  return {
    volumeMounts: folders.map(({ name, path }) => ({ name, mountPath: path })),
    volumes: folders.map(({ name, size = room }) => ({ name, emptyDir: { sizeLimit: size } })),
  };
}
