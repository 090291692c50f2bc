/** What a pod needs to have files. */
export interface MountedFiles<Text> {
  volumes: { name: string; configMap?: { name: Text }; secret?: { secretName: Text; defaultMode: number } }[];
  volumeMounts: { name: string; mountPath: string; subPath: string; readOnly: boolean }[];
}

/** A pod without files of its own. */
export const noFiles: MountedFiles<never> = { volumes: [], volumeMounts: [] };

/**
 * What becomes of files, path to content, in an object that holds them: its data, since a path has characters that a key
 * may not have, and where each goes. By `subPath`, what else is in a file's folder stays.
 */
export function fileMounts<Content>(volume: string, files: Record<string, Content>) {
  const keyed = Object.entries(files).map(([path, content], index) => ({
    ...{ path, content },
    key: `file-${String(index)}`,
  }));
  return {
    data: Object.fromEntries(keyed.map(({ key, content }) => [key, content])),
    volumeMounts: keyed.map(({ path, key }) => ({
      ...{ name: volume, mountPath: path },
      ...{ subPath: key, readOnly: true },
    })),
  };
}
