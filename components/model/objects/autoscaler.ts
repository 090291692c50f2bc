import type { Autoscaling } from "../graph/service.ts";

/** Spec of what says how many pods a service's Deployment has. */
export function autoscalerSpec(service: string, { min, max, cpuPercent }: Autoscaling) {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: service },
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } },
      },
    ],
  };
}
