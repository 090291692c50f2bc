/** A cluster, or a client of clusters, and its version of Kubernetes, such as `v1.36.2` or `v1.35.1-gke.100`. */
export interface Versioned {
  /** What it is called in a sentence, such as `the cluster` or `the cluster of staging`. */
  name: string;
  version: string;
}

/** What speaks to the cluster in a deployment, by the version of Kubernetes whose client each is made of. */
export const clients: Versioned[] = [{ name: "Pulumi's Kubernetes provider", version: "v1.33" }];

/** What the tests run with: those clients work with it, whatever lies between. */
export const testedVersion = "v1.36";

/** How many minor versions a client may be from its cluster, by Kubernetes' own policy for kubectl. */
const tolerated = 1;

/**
 * What lies between the versions of two clusters, or of a client and its cluster.
 * @param allowed how many minor versions may lie between them.
 * @returns one sentence; nothing where that is all right, or where a version cannot be read.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export function versionSkew(one: Versioned, other: Versioned, allowed = 0): string | undefined {
  const [first, second] = [minorOf(one.version), minorOf(other.version)];
  if (first === undefined || second === undefined) return undefined;
  const isFar = first.major !== second.major || Math.abs(first.minor - second.minor) > allowed;
  if (!isFar) return undefined;
  return `${one.name} has Kubernetes ${told(first)}, ${other.name} ${told(second)}`;
}

/** What a deployment should know of its clients and the cluster, in sentences that each end with what follows. */
export function clientSkews(cluster: string): string[] {
  if (versionSkew({ name: "", version: cluster }, { name: "", version: testedVersion }) === undefined)
    return [];
  return clients.flatMap((client) => {
    const skew = versionSkew(client, { name: "the cluster", version: cluster }, tolerated);
    return skew === undefined ? [] : [`${skew}: what one of them has and the other lacks may fail`];
  });
}

interface Version {
  major: number;
  minor: number;
}

/** Managed clusters add to a version, and `/version` tells minors such as `33+`. */
function minorOf(version: string): Version | undefined {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,4})(?:[.+-]|$)/.exec(version) ?? [];
  return major === undefined || minor === undefined
    ? undefined
    : { major: Number(major), minor: Number(minor) };
}

function told({ major, minor }: Version): string {
  return `${String(major)}.${String(minor)}`;
}
