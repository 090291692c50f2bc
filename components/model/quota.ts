import { formatCpu, formatMemory, parseCpu, parseMemory } from "./quantities.ts";
import type { Service } from "./service.ts";

/** What one Job of the test runner may use; the readiness Job and a test Job may run at once. */
export const testRunnerResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "256Mi" },
};

const testRunnerJobs = 2;
const podsWhileRolling = 2;

/**
 * Hard limits of an environment's ResourceQuota: what the services need while every Deployment rolls at once, plus
 * the test runner's Jobs, and nothing that outlives a namespace or costs money outside of it.
 */
export function quota(services: Service[]): Record<string, string> {
  const pods = services.length * podsWhileRolling + testRunnerJobs;
  const containers = [
    ...Array.from({ length: podsWhileRolling }, () => services).flat(),
    ...Array.from({ length: testRunnerJobs }, () => testRunnerResources),
  ];
  const sumCpu = (kind: "requests" | "limits") =>
    formatCpu(sum(containers.map((container) => parseCpu(container[kind].cpu))));
  const sumMemory = (kind: "requests" | "limits") =>
    formatMemory(sum(containers.map((container) => parseMemory(container[kind].memory))));
  return {
    pods: String(pods),
    "requests.cpu": sumCpu("requests"),
    "requests.memory": sumMemory("requests"),
    "limits.cpu": sumCpu("limits"),
    "limits.memory": sumMemory("limits"),
    persistentvolumeclaims: "0",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
