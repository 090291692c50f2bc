import { type EmptyFolder, emptyFolders, writableFolders } from "./emptyFolders.ts";
import type { Service, Volume } from "../graph/service.ts";
import { volumePath } from "../graph/volume.ts";

/** Of a pod's volume: one that is empty at first, or the one that a claim gets. */
export interface PodVolume {
  name: string;
  emptyDir?: { sizeLimit: string };
  persistentVolumeClaim?: { claimName: string };
}

/**
 * Folder of the volume that is mounted: file systems have a folder of their own at their top, `lost+found`, and a database
 * that finds something does not begin.
 */
const subPath = "data";

/** Spec of the claim of a service's volume, which has the service's name. */
export function volumeClaimSpec({ size, storageClass }: Volume) {
  return {
    accessModes: ["ReadWriteOnce"],
    ...(storageClass !== undefined && { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  };
}

/**
 * What a service's containers mount, the volumes for it, and what its pods say of them.
 * @param room of a folder that states no size.
 */
export function serviceFolders(service: Service, room: string) {
  const kept = volumePath(service);
  const folders = writableFolders(service.writablePaths);
  const isKept = ({ path }: EmptyFolder) => path === kept;
  const empty = emptyFolders(folders, room);
  const claimed = new Set(folders.filter(isKept).map(({ name }) => name));
  const volumes = empty.volumes.map((volume): PodVolume =>
    claimed.has(volume.name)
      ? { name: volume.name, persistentVolumeClaim: { claimName: service.name } }
      : volume,
  );
  return {
    volumes,
    volumeMounts: empty.volumeMounts.map((mount) =>
      claimed.has(mount.name) ? { ...mount, subPath } : mount,
    ),
    // Else each start makes all files the group's, among them those that a database wants to have for itself alone.
    ofVolume: claimed.size === 0 ? {} : { fsGroupChangePolicy: "OnRootMismatch" },
  };
}
