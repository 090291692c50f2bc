import { PodSecurity } from "./podSecurity.ts";

/**
 * Says of every object that it is ours, so that all of them can be found; on the namespace it is the owner mark. The
 * usual label for that, `app.kubernetes.io/managed-by`, is overwritten by the Kubernetes provider when it creates
 * without server-side apply.
 */
export const ownerLabels = { "app.kubernetes.io/part-of": "dynenv" };

/** What selects them in a list. */
export const ownerSelector = Object.entries(ownerLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join();

/** What an environment was made for; each value may be any text. */
export interface Marks {
  project: string;
  ref: string;
  commit: string;
  stack: string;
  /** What it is there for. Absent: it is a preview. */
  kind?: string;
  /** How long the environment may exist, such as `24h`; absent of one that stays. */
  ttl?: string;
  trust: string;
  /** When it was last deployed, where the deployment tells. */
  deployed?: string;
  /** When it has lived its time since then. */
  expires?: string;
  /** Number of the merge request or pull request that it was deployed for, where it was. */
  mergeRequest?: string;
  /** What its tests passed for: the name of the Service by which it was seen to be ready. */
  tested?: string;
  /** Set by people who want to keep it: any text but `false`. */
  pinned?: string;
}

/** Label with the name of the workload that an object belongs to. */
export const nameLabel = "app.kubernetes.io/name";

/** Labels of a workload, its pods, its Service and whatever else is there for it alone. */
export function workloadLabels(name: string): Record<string, string> {
  return { ...selectorLabels(name), ...ownerLabels };
}

/** Labels that select the pods of one workload. */
export function selectorLabels(name: string): Record<string, string> {
  return { [nameLabel]: name };
}

/** Labels of the environment's namespace: the owner mark and the enforced Pod Security profile. */
export function namespaceLabels(level: PodSecurity = PodSecurity.restricted): Record<string, string> {
  return {
    ...ownerLabels,
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/enforce-version": "latest",
    "pod-security.kubernetes.io/warn": level,
    "pod-security.kubernetes.io/warn-version": "latest",
  };
}

const markPrefix = "dynenv/";

/** The marks as annotations, since a ref or a project path need not fit a label. */
export function markAnnotations(marks: Partial<Marks>): Record<string, string> {
  return Object.fromEntries(Object.entries(marks).map(([key, value]) => [`${markPrefix}${key}`, value]));
}

/** The marks that annotations hold. */
export function marksOf(annotations: Record<string, string> = {}): Partial<Marks> {
  const marks = Object.entries(annotations).filter(([key]) => key.startsWith(markPrefix));
  return Object.fromEntries(marks.map(([key, value]) => [key.slice(markPrefix.length), value]));
}

/** Whether labels have the owner mark. */
export function isOurs(labels: Record<string, string> = {}): boolean {
  return Object.entries(ownerLabels).every(([key, value]) => labels[key] === value);
}
