/**
 * Says on the namespace, where it is the owner mark, and on workloads that they are ours. The usual label for that,
 * `app.kubernetes.io/managed-by`, is overwritten by the Kubernetes provider when it creates without server-side apply.
 */
const owner = { "app.kubernetes.io/part-of": "dynenv" };

/** What an environment was made for; each value may be any text. */
export interface Marks {
  project: string;
  ref: string;
  commit: string;
  stack: string;
  /** How long the environment may exist, such as `24h`. */
  ttl: string;
  trust: string;
}

/** Labels of a workload, its pods and its Service. */
export function workloadLabels(name: string): Record<string, string> {
  return { ...selectorLabels(name), ...owner };
}

/** Labels that select the pods of one workload. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}

/** Labels of the environment's namespace: the owner mark and the enforced Pod Security profile. */
export function namespaceLabels(): Record<string, string> {
  return {
    ...owner,
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "latest",
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
  };
}

/** The marks as annotations, since a ref or a project path need not fit a label. */
export function markAnnotations(marks: Marks): Record<string, string> {
  return {
    "dynenv/project": marks.project,
    "dynenv/ref": marks.ref,
    "dynenv/commit": marks.commit,
    "dynenv/stack": marks.stack,
    "dynenv/ttl": marks.ttl,
    "dynenv/trust": marks.trust,
  };
}
