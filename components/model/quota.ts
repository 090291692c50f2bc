import { formatCpu, formatMemory, parseCpu, parseMemory } from "./quantities.ts";
import type { Resources, Service } from "./service.ts";

/** What a Job may use: the readiness Job, a test Job, and the Job that fills a service with data. */
export const jobResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "1", memory: "256Mi" },
};

/** The readiness Job and a test Job, which may run at once. */
const testRunnerJobs = 2;

/** How an environment's quota is computed. */
export interface QuotaOptions {
  /** Whether there is room for the new pod of each old one, while all Deployments roll at once. */
  surge: boolean;
}

/**
 * Hard limits of an environment's ResourceQuota: what the services need, while every Deployment rolls at once where
 * `surge` is granted, plus the Jobs, and nothing that outlives a namespace or costs money outside of it.
 */
export function quota(services: Service[], { surge }: QuotaOptions): Record<string, string> {
  const jobs = testRunnerJobs + services.filter(({ seed }) => seed !== undefined).length;
  const containers = [
    ...services.flatMap((service) => repeat(service, (service.replicas ?? 1) * (surge ? 2 : 1))),
    ...repeat(jobResources, jobs),
  ];
  const cpu = (kind: "requests" | "limits") =>
    formatCpu(sum(containers.map((container) => parseCpu(container[kind].cpu))));
  const memory = (kind: "requests" | "limits") =>
    formatMemory(sum(containers.map((container) => parseMemory(container[kind].memory))));
  return {
    pods: String(containers.length),
    "requests.cpu": cpu("requests"),
    "requests.memory": memory("requests"),
    "limits.cpu": cpu("limits"),
    "limits.memory": memory("limits"),
    persistentvolumeclaims: "0",
    "requests.storage": "0",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

interface Container {
  requests: Resources;
  limits: Resources;
}

function repeat(container: Container, times: number): Container[] {
  return Array.from({ length: times }, () => container);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
