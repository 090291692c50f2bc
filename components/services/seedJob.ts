import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { jobLabels, seedHash, seedJobName, seedJobSpec, withGiven } from "../model/index.ts";
import type { ServiceJobs } from "./serviceJobs.ts";
import { ownedByClaim } from "./volumeClaim.ts";
import { inPlace, jobAnnotations, workloadOptions } from "./workload.ts";

/** Another claim has taken what was there with the one before it. */
const ofClaim = { ...inPlace, replaceOnChanges: ["metadata.ownerReferences"] };

/**
 * The Job that fills a service with data, if it has a seed. Its name holds a hash of what it does, and nothing else
 * makes it run again: a new image or another setting leaves a Job as it ran. A volume is filled once, whatever the seed is by
 * then; the Job and its files go with the volume's claim.
 */
export function createSeedJob(
  parentName: string,
  job: ServiceJobs,
  deployment: pulumi.Resource,
  opts: pulumi.CustomResourceOptions,
): void {
  const { service, services = [service], namespace, image, serviceAccountName, placement = {} } = job;
  const { seed } = service;
  if (seed === undefined) return;
  const { claim } = job;
  const name = `${parentName}-seed${claim === undefined ? `-${seedHash(service, seed)}` : ""}`;
  const labels = jobLabels("seed", service.name);
  const own = { name: seedJobName(service, seed), namespace, labels };
  const withClaim = claim && ownedByClaim(claim);
  const metadata = withGiven({ ...own, ...withClaim }, job);
  const once = { ...opts, ...(claim !== undefined && { ...ofClaim, ignoreChanges: ["data"] }) };
  const content = seed.files && new k8s.core.v1.ConfigMap(name, { metadata, data: seed.files }, once);
  const configMap = content?.metadata.name;
  new k8s.batch.v1.Job(
    name,
    {
      metadata: withGiven({ ...own, ...(withClaim ?? job.owners), annotations: jobAnnotations }, job),
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
      ...(claim !== undefined && ofClaim),
      dependsOn: deployment,
      ...workloadOptions(job.readyWithinSeconds),
      ignoreChanges: ["spec"],
    },
  );
}
