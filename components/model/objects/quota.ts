import { containerResources, jobResources } from "../graph/containerResources.ts";
import { podResources, sharedBy } from "../graph/podResources.ts";
import { mostPods } from "../graph/replicas.ts";
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

/** How many pods of a service there may be at once: of one with a volume none starts beside the one that ends. */
function podsAtOnce(service: Service, surge: boolean): number {
  return mostPods(service) * (surge && service.volume === undefined ? 2 : 1);
}

/**
 * Hard limits of an environment's ResourceQuota: what the services need, while every Deployment rolls at once where
 * `surge` is granted, plus the Jobs, their volumes, and nothing else that costs money outside of the namespace.
 */
export function quota(services: Service[], { surge, suites = [] }: QuotaOptions): Record<string, string> {
  const job = containerResources(jobResources);
  const seeds = services.filter(({ seed }) => seed !== undefined).length;
  const pods = [
    ...services.flatMap((service) => repeat(podResources(service), podsAtOnce(service, surge))),
    // The readiness Job and a test Job, which may run at once.
    job,
    sharedBy([job, ...suites.map(suiteNeeds)], []),
    ...repeat(job, seeds),
    ...services.flatMap(serviceJobDemands),
  ];
  const volumes = services.flatMap(({ volume }) => volume ?? []);
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
    persistentvolumeclaims: String(volumes.length),
    // As the API server keeps what is none.
    "requests.storage":
      volumes.length === 0 ? "0" : formatBytes(total(volumes.map(({ size }) => parseBytes(size)))),
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
