import { testRunner } from "../graph/graph.ts";
import { workloadLabels } from "./labels.ts";

/** What a Job of an environment is there for; its container has the same name. */
export type JobRole = "readiness" | "seed" | "test";

/** Name of the Job that says whether an environment is ready. */
export const readinessJobName = "readiness";

/** Container in which a test Job waits for its connections before its tests begin. */
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
