import { mkdir, statfs } from "node:fs/promises";
import { Failure } from "../foundation/failure.ts";

/** Free space, in bytes, for the images that a run builds, pushes and unpacks. */
const neededSpace = 2e9;

export function requireRoot(): void {
  if (process.getuid?.() !== 0) {
    throw new Failure(
      "unreachable",
      "no cluster is named and the embedded one needs root: set KUBECONFIG to use a cluster of yours, or run this as root",
    );
  }
  if (process.arch !== "x64") {
    throw new Failure(
      "unreachable",
      `the embedded cluster needs an x86-64 machine, not ${process.arch}: set KUBECONFIG`,
    );
  }
}

/** @throws when the folder's name would mean something else in the configuration of the node's programs. */
export function requirePlainName(folder: string): void {
  const found = /["\\:,#{}[\]]/.exec(folder)?.[0];
  if (found === undefined) return;
  throw new Failure(
    "usage",
    `the embedded cluster's folder ${folder} must have no ${found} in its name: set XDG_STATE_HOME to another folder, such as /var/tmp/state`,
  );
}

export async function requireSpace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= neededSpace) return;
  throw new Failure(
    "unreachable",
    `the embedded cluster needs ${inMegabytes(neededSpace)} for its images, but ${folder} has ${inMegabytes(free)} left: free some, or set XDG_STATE_HOME to a folder on another disk`,
  );
}

function inMegabytes(bytes: number): string {
  return `${String(Math.floor(bytes / 1e6))} MB`;
}
