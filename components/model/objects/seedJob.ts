import { addressVariables } from "../graph/addresses.ts";
import { containerResources, jobResources } from "../graph/containerResources.ts";
import { givenVariables } from "../graph/environmentVariables.ts";
import { mustNotBeMoved } from "./eviction.ts";
import { type MountedFiles, noFiles } from "./fileMounts.ts";
import { type GivenMetadata, withGiven } from "./givenMetadata.ts";
import { jobLabels } from "./jobs.ts";
import { shortHash } from "../rules/names.ts";
import type { Placement } from "./placement.ts";
import { podAnnotations, servicePodSpec, withoutProbes } from "./podSpec.ts";
import type { Seed, Service } from "../graph/service.ts";
import { seedFolder } from "../graph/fileRules.ts";
import { withoutVolume } from "../graph/volume.ts";

/** Hash of what a service's seed does; the Job runs again when it changes. */
export function seedHash({ name }: Service, { command, files = {} }: Seed): string {
  return shortHash(JSON.stringify([name, command, Object.entries(files).toSorted()]));
}

/**
 * Name of the Job, a DNS label. A volume is filled once: what it holds by the time that the seed changes, another run could
 * double.
 */
export function seedJobName(service: Service, seed: Seed): string {
  const mark = service.volume === undefined ? seedHash(service, seed) : shortHash(`${service.name} once`);
  return `${service.name.slice(0, 45)}-seed-${mark}`;
}

/**
 * Spec of the Job that fills a service with data. It runs as the test runner, which may call every service, with the
 * service's own environment, its address, and what it gives to its users.
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
    /** The part of the service's container that takes its own variables. */
    variables: object;
    /** The service's own files. Default: none. */
    files?: MountedFiles<Text>;
    /** Labels and annotations that the program gives to the pod. Default: none. */
    given?: GivenMetadata;
  },
) {
  const alone = { ...withoutVolume(service), initContainers: [], sidecars: [] };
  const { container, volumes, ...pod } = servicePodSpec(alone, services, job.placement);
  const { ports: _ports, args: _args, env, volumeMounts, ...rest } = withoutProbes(container);
  const addresses = addressVariables(service);
  const others = env.filter(({ name }) => !addresses.some((one) => one.name === name));
  const variables = [...addresses, ...others];
  const own: MountedFiles<Text> = job.files ?? noFiles;
  const files = filesOf(job.configMap);
  return {
    backoffLimit: 3,
    template: {
      metadata: withGiven(
        {
          labels: jobLabels("seed", service.name),
          annotations: { ...podAnnotations(alone), ...mustNotBeMoved },
        },
        job.given,
      ),
      spec: {
        ...pod,
        // In the same pod: the policies of a new one take a moment, in which it is refused everything.
        restartPolicy: "OnFailure",
        serviceAccountName: job.serviceAccountName,
        volumes: [...volumes, ...own.volumes, ...files.volumes],
        containers: [
          {
            ...rest,
            ...job.variables,
            name: "seed",
            image: job.image,
            command: job.seed.command,
            env: [...variables, ...givenVariables(service.name, [service], variables)],
            resources: containerResources(jobResources),
            volumeMounts: [...volumeMounts, ...own.volumeMounts, ...files.mounts],
          },
        ],
      },
    },
  };
}

/** Where the command finds its files. */
function filesOf<Text>(configMap: Text | undefined) {
  if (configMap === undefined) return { volumes: [], mounts: [] };
  return {
    volumes: [{ name: "seed", configMap: { name: configMap } }],
    mounts: [{ name: "seed", mountPath: seedFolder }],
  };
}
