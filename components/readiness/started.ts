import { existsSync, statSync } from "node:fs";

/** A folder that the kubelet makes with the pod, before it pulls the image: its age is the pod's. */
export const startFolder = "/started";

/** How old the pod is; `0` where nothing tells. */
export function secondsSinceStart(): number {
  return existsSync(startFolder) ? (Date.now() - statSync(startFolder).mtimeMs) / 1000 : 0;
}
