import type { V1Pod } from "#bundled/kubernetes";
import { nameLabel } from "../../components/model/index.ts";

/** Label of the pods of a Job. */
export const jobLabel = "batch.kubernetes.io/job-name";

/** Name of the Job or the service that a pod belongs to. */
export function workload({ metadata }: V1Pod): string {
  const labels = metadata?.labels ?? {};
  return labels[jobLabel] ?? labels[nameLabel] ?? metadata?.name ?? "";
}

export function isOfJob({ metadata }: V1Pod): boolean {
  return metadata?.labels?.[jobLabel] !== undefined;
}
