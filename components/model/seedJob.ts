import { addressVariable } from "./environmentVariables.ts";
import { mustNotBeMoved } from "./eviction.ts";
import { address, testRunner } from "./graph.ts";
import { workloadLabels } from "./labels.ts";
import { shortHash } from "./names.ts";
import type { Placement } from "./placement.ts";
import { servicePodSpec } from "./podSpec.ts";
import { jobResources } from "./quota.ts";
import type { Seed, Service } from "./service.ts";

/** Where a seed's files are. */
const folder = "/seed";

/** Hash of what a seed does; the Job runs again when it changes. */
export function seedHash({ command, files = {} }: Seed): string {
  return shortHash(JSON.stringify([command, Object.entries(files).toSorted()]));
}

/** Name of the Job, a DNS label. */
export function seedJobName(service: Service, seed: Seed): string {
  return `${service.name.slice(0, 45)}-seed-${seedHash(seed)}`;
}

/**
 * Spec of the Job that fills a service with data. It runs as the test runner, which may call every service, with the
 * service's own environment and its address.
 */
export function seedJobSpec<Text>(
  service: Service,
  services: Service[],
  job: {
    seed: Seed;
    image: Text;
    serviceAccountName: Text;
    configMap: Text | undefined;
    placement: Placement;
  },
) {
  const { container, volumes, ...pod } = servicePodSpec(service, services, job.placement);
  const { ports: _ports, readinessProbe: _probe, args: _args, env, volumeMounts, ...rest } = container;
  const files =
    job.configMap === undefined
      ? { volumes: [], mounts: [] }
      : {
          volumes: [{ name: "seed", configMap: { name: job.configMap } }],
          mounts: [{ name: "seed", mountPath: folder }],
        };
  return {
    backoffLimit: 3,
    template: {
      metadata: { labels: workloadLabels(testRunner), annotations: mustNotBeMoved },
      spec: {
        ...pod,
        restartPolicy: "Never",
        serviceAccountName: job.serviceAccountName,
        volumes: [...volumes, ...files.volumes],
        containers: [
          {
            ...rest,
            name: "seed",
            image: job.image,
            command: job.seed.command,
            env: [{ name: addressVariable(service.name), value: address(service) }, ...env],
            resources: jobResources,
            volumeMounts: [...volumeMounts, ...files.mounts],
          },
        ],
      },
    },
  };
}
