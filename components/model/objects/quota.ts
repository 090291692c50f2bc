import { containerResources, jobResources } from "../graph/containerResources.ts";
import { podResources, sharedBy } from "../graph/podResources.ts";
import { formatBytes, formatCpu, parseBytes, parseCpu } from "../rules/quantities.ts";
import type { Service } from "../graph/service.ts";
import { serviceJobDemands } from "./serviceJob.ts";
import { type StatedSuite, suiteNeeds } from "./testResults.ts";

/** Name of the environment's quota, which the API server gives as its reason for a refusal. */
export const quotaName = "environment";

/** How an environment's quota is computed. */
export interface QuotaOptions {
  /** Whether there is room for the new pod of each old one, while all Deployments roll at once. */
  surge: boolean;
  /** Suites of tests, of which one runs at a time. Default: one that states nothing. */
  suites?: StatedSuite[] | undefined;
}

/**
 * Hard limits of an environment's ResourceQuota: what the services need, while every Deployment rolls at once where
 * `surge` is granted, plus the Jobs, and nothing that outlives a namespace or costs money outside of it.
 */
export function quota(services: Service[], { surge, suites = [] }: QuotaOptions): Record<string, string> {
  const job = containerResources(jobResources);
  const seeds = services.filter(({ seed }) => seed !== undefined).length;
  const pods = [
    ...services.flatMap((service) =>
      repeat(podResources(service), (service.replicas ?? 1) * (surge ? 2 : 1)),
    ),
    // The readiness Job and a test Job, which may run at once.
    job,
    sharedBy([job, ...suites.map(suiteNeeds)], []),
    ...repeat(job, seeds),
    ...services.flatMap(serviceJobDemands),
  ];
  const sum = (kind: "requests" | "limits") => ({
    [`${kind}.cpu`]: formatCpu(total(pods.map((pod) => parseCpu(pod[kind].cpu)))),
    [`${kind}.memory`]: formatBytes(total(pods.map((pod) => parseBytes(pod[kind].memory)))),
    [`${kind}.ephemeral-storage`]: formatBytes(
      total(pods.map((pod) => parseBytes(pod[kind]["ephemeral-storage"]))),
    ),
  });
  return {
    pods: String(pods.length),
    ...sum("requests"),
    ...sum("limits"),
    persistentvolumeclaims: "0",
    "requests.storage": "0",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

function repeat<T>(pod: T, times: number): T[] {
  return Array.from({ length: times }, () => pod);
}

function total(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
