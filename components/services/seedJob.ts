import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  type GivenMetadata,
  jobLabels,
  type MountedFiles,
  type Placement,
  seedHash,
  seedJobName,
  seedJobSpec,
  type Service,
  withGiven,
} from "../model/index.ts";
import { jobAnnotations, workloadOptions } from "./workload.ts";

interface SeedJob extends GivenMetadata {
  namespace: pulumi.Input<string>;
  service: Service;
  services?: Service[];
  image: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  /** The part of the service's container that takes its variables. */
  envFrom: { envFrom?: k8s.types.input.core.v1.EnvFromSource[] };
  /** The service's files. */
  files: MountedFiles<pulumi.Input<string>>;
  /** What the Job goes with, as a part of its metadata. */
  owners: Pick<k8s.types.input.meta.v1.ObjectMeta, "ownerReferences">;
  placement?: Placement;
  readyWithinSeconds?: number;
}

/**
 * The Job that fills a service with data, if it has a seed. Its name holds a hash of what it does, and nothing else
 * makes it run again: a new image or another setting leaves a Job as it ran.
 */
export function createSeedJob(
  parentName: string,
  job: SeedJob,
  deployment: pulumi.Resource,
  opts: pulumi.CustomResourceOptions,
): void {
  const { service, services = [service], namespace, image, serviceAccountName, placement = {} } = job;
  const { seed } = service;
  if (seed === undefined) return;
  const name = `${parentName}-seed-${seedHash(service, seed)}`;
  const labels = jobLabels("seed", service.name);
  const own = { name: seedJobName(service, seed), namespace, labels };
  const metadata = withGiven(own, job);
  const content = seed.files && new k8s.core.v1.ConfigMap(name, { metadata, data: seed.files }, opts);
  const configMap = content?.metadata.name;
  new k8s.batch.v1.Job(
    name,
    {
      metadata: withGiven({ ...own, ...job.owners, annotations: jobAnnotations }, job),
      spec: seedJobSpec<pulumi.Input<string>>(service, services, {
        seed,
        image,
        serviceAccountName,
        configMap,
        placement,
        variables: job.envFrom,
        files: job.files,
        given: job,
      }),
    },
    {
      ...opts,
      dependsOn: deployment,
      ...workloadOptions(job.readyWithinSeconds),
      ignoreChanges: ["spec"],
    },
  );
}
