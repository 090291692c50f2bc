import { fewestPods } from "../graph/replicas.ts";
import { workloadLabels } from "./labels.ts";
import type { Service } from "../graph/service.ts";

/**
 * Spec of what has nodes that are drained take one pod of a service at a time; none where it has one alone, which would keep
 * its node from being drained for ever.
 */
export function disruptionBudgetSpec(service: Service) {
  if (fewestPods(service) < 2) return undefined;
  // With the owner's label, which pods of Jobs with the service's name lack.
  return { maxUnavailable: 1, selector: { matchLabels: workloadLabels(service.name) } };
}
