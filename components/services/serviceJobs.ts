import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  beforeJobName,
  defaultReadyWithinSeconds,
  type GivenMetadata,
  type MountedFiles,
  type Placement,
  serviceJobLabels,
  type ServiceJobRole,
  serviceJobSpec,
  type Service,
  taskJobName,
  taskSchedule,
  withGiven,
} from "../model/index.ts";
import type { VolumeClaim } from "./volumeClaim.ts";
import { inPlace, madeAnew, workloadOptions } from "./workload.ts";

/** What the Jobs of a service are made from. */
export interface ServiceJobs extends GivenMetadata {
  namespace: pulumi.Input<string>;
  service: Service;
  services?: Service[];
  image: pulumi.Input<string>;
  readinessImage?: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  /** The part of the service's container that takes its variables. */
  envFrom: { envFrom?: k8s.types.input.core.v1.EnvFromSource[] };
  /** The service's files. */
  files: MountedFiles<pulumi.Input<string>>;
  /** What they go with, as a part of their metadata. */
  owners: Pick<k8s.types.input.meta.v1.ObjectMeta, "ownerReferences">;
  /** The claim of the service's volume. Default: it has none. */
  claim?: VolumeClaim | undefined;
  placement?: Placement;
  readyWithinSeconds?: number;
  runTasks?: boolean;
}

/**
 * The Job that does what comes before a service, if there is any. Its name holds a hash of image and commands, and nothing
 * else makes it run again. The one before it, and its pod, are gone before it begins: two never run at once.
 */
export function createBeforeJob(
  parentName: string,
  jobs: ServiceJobs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job | undefined {
  const { namespace, service, owners, image, readyWithinSeconds = defaultReadyWithinSeconds } = jobs;
  const { before } = service;
  if (before === undefined) return undefined;
  // A hash, which may be read though the image's name is a secret.
  const name = pulumi.unsecret(pulumi.output(image).apply((known) => beforeJobName(service, before, known)));
  const labels = serviceJobLabels("before", service.name);
  const spec = specOf(jobs, "before", before, readyWithinSeconds);
  return new k8s.batch.v1.Job(
    `${parentName}-before`,
    { metadata: withGiven({ name, namespace, labels, ...owners, annotations: madeAnew }, jobs), spec },
    {
      ...opts,
      ...inPlace,
      // After the end of its pod and its own, which say more.
      ...workloadOptions(readyWithinSeconds + 20),
      ignoreChanges: ["spec"],
    },
  );
}

/** A CronJob for each task of a service. */
export function createTasks(parentName: string, jobs: ServiceJobs, opts: pulumi.CustomResourceOptions): void {
  const { namespace, service, owners, runTasks = false } = jobs;
  for (const [name, task] of Object.entries(service.tasks ?? {})) {
    const labels = serviceJobLabels("task", service.name, name);
    const spec = specOf(jobs, "task", [task.command], task.withinSeconds ?? 3600);
    new k8s.batch.v1.CronJob(
      `${parentName}-${taskJobName(name)}`,
      {
        metadata: withGiven({ name: taskJobName(name), namespace, labels, ...owners }, jobs),
        spec: {
          ...taskSchedule(task, runTasks),
          jobTemplate: { metadata: withGiven({ labels }, jobs), spec },
        },
      },
      { ...opts, ...inPlace },
    );
  }
}

function specOf(jobs: ServiceJobs, role: ServiceJobRole, steps: string[][], deadlineSeconds: number) {
  const { service, services = [service], image, serviceAccountName, placement = {} } = jobs;
  return serviceJobSpec<pulumi.Input<string>>(service, services, {
    ...{ role, steps, image, serviceAccountName, deadlineSeconds, placement },
    readinessImage: jobs.readinessImage ?? image,
    variables: jobs.envFrom,
    files: jobs.files,
    given: jobs,
  });
}
