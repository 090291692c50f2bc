import { testRunner } from "../graph/graph.ts";
import { isOurs, selectorLabels, workloadLabels } from "./labels.ts";

/** What a Job of one service is there for. */
export type ServiceJobRole = "before" | "task";

/** What a Job of an environment is there for; its container has the same name. */
export type JobRole = "readiness" | "seed" | "test" | ServiceJobRole;

/** Name of the Job that says whether an environment is ready. */
export const readinessJobName = "readiness";

/** Container in which a Job waits for its connections before its work begins. */
export const connectionsContainer = "connections";

/** Container beside the tests that prints the results that they wrote. */
export const resultsContainer = "results";

/** Label of Jobs, and of their pods. */
export const roleLabel = "dynenv/job";

/** Label of a seed's Job: the service that it fills. */
export const filledLabel = "dynenv/fills";

/** Annotation of a Deployment: the Job that fills the service once it is ready. */
export const seedAnnotation = "dynenv/seed";

/** Labels of a Job and its pods: whoever looks at an environment knows it by these, whatever its name. */
export function jobLabels(role: JobRole, filled?: string): Record<string, string> {
  return {
    ...workloadLabels(testRunner),
    [roleLabel]: role,
    ...(filled !== undefined && { [filledLabel]: filled }),
  };
}

/** Label of a task's CronJob and of its Jobs: the task's name. */
export const taskLabel = "dynenv/task";

/** Labels of a Job that works for a service, in its place in the graph. */
export function serviceJobLabels(
  role: ServiceJobRole,
  service: string,
  task?: string,
): Record<string, string> {
  return {
    ...workloadLabels(service),
    [roleLabel]: role,
    ...(task !== undefined && { [taskLabel]: task }),
  };
}

/**
 * Labels of its pods: the service's name, by which the service's policies are theirs, without the owner's mark, by which
 * the Service would choose them.
 */
export function serviceJobPodLabels(role: ServiceJobRole, service: string): Record<string, string> {
  return { ...selectorLabels(service), [roleLabel]: role };
}

/** Whether the labels of a Job, or of its pod, say that it works for one service. */
export function isOfServiceJob(labels: Record<string, string> = {}): boolean {
  return ["before", "task"].includes(labels[roleLabel] ?? "");
}

/** Whether the labels of a pod say that it is an environment's. */
export function isOurPod(labels?: Record<string, string>): boolean {
  return isOurs(labels) || isOfServiceJob(labels);
}
