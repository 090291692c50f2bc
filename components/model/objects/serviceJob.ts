import { containerResources, jobResources } from "../graph/containerResources.ts";
import { type Needs, sharedBy } from "../graph/podResources.ts";
import type { Service, Task } from "../graph/service.ts";
import { withoutVolume } from "../graph/volume.ts";
import { shortHash } from "../rules/names.ts";
import { mustNotBeMoved } from "./eviction.ts";
import { type GivenMetadata, withGiven } from "./givenMetadata.ts";
import { connectionsContainer, serviceJobPodLabels, type ServiceJobRole } from "./jobs.ts";
import type { Placement } from "./placement.ts";
import { type MountedFiles, noFiles } from "./fileMounts.ts";
import { containerDefaults, podAnnotations, servicePodSpec, withoutProbes } from "./podSpec.ts";
import { connectionsCommand } from "./readiness.ts";

/** Seconds between the ends of what waits: for connections, for the pod, for its Job. What says most comes first. */
export const margin = 10;

/** Seconds that a task waits for its connections: its services run. */
const taskConnectionsWithin = 30;

/**
 * Name of the Job that does what comes before a service, a DNS label: another one for another image or other commands, for
 * which it has to run again, and the same one else.
 */
export function beforeJobName({ name }: Service, steps: string[][], image: string): string {
  return `${name.slice(0, 43)}-before-${shortHash(JSON.stringify([name, image, steps]))}`;
}

/** Name of a task's CronJob. */
export function taskJobName(task: string): string {
  return `task-${task}`;
}

/** When a task runs, as a part of its CronJob's spec. */
export function taskSchedule({ schedule }: Task, runs: boolean) {
  return { schedule, timeZone: "Etc/UTC", suspend: !runs, concurrencyPolicy: "Forbid" };
}

/** A Job of a service: what it runs, and for how long at most. */
export interface ServiceJob<Text> {
  role: ServiceJobRole;
  /** Commands, each of which begins once the one before it has ended well. */
  steps: string[][];
  image: Text;
  /** Image with Node in which it waits until what the service uses takes its connections. */
  readinessImage: Text;
  serviceAccountName: Text;
  /** The part of the service's container that takes its own variables. */
  variables: object;
  /** The service's own files. Default: none. */
  files?: MountedFiles<Text>;
  /** Seconds until its pod is ended. */
  deadlineSeconds: number;
  placement: Placement;
  /** Labels and annotations that the program gives to the pod. Default: none. */
  given?: GivenMetadata;
}

/**
 * Spec of a Job that works for a service, in its image, with its environment and its place in the graph. No command is run
 * again after it failed: only where the cluster takes the pod away, another takes its place, once it has ended.
 */
export function serviceJobSpec<Text>(service: Service, services: Service[], job: ServiceJob<Text>) {
  const { spreadOver: _spreadOver, ...placement } = job.placement;
  const alone = { ...withoutVolume(service), initContainers: [], sidecars: [] };
  const { container, volumes, ...pod } = servicePodSpec(alone, services, placement);
  const { ports: _ports, args: _args, ...rest } = withoutProbes(container);
  const files: MountedFiles<Text> = job.files ?? noFiles;
  const steps = job.steps.map((command, index) => ({
    ...rest,
    ...job.variables,
    name: index === job.steps.length - 1 ? job.role : stepName(job.role, index),
    image: job.image,
    command,
    volumeMounts: [...container.volumeMounts, ...files.volumeMounts],
  }));
  const initContainers = [...connections(service, services, job), ...steps.slice(0, -1)];
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: job.deadlineSeconds + margin,
    podFailurePolicy: {
      rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
    },
    template: {
      metadata: withGiven(
        {
          labels: serviceJobPodLabels(job.role, service.name),
          annotations: { ...podAnnotations(alone), ...mustNotBeMoved },
        },
        job.given,
      ),
      spec: {
        ...pod,
        // Unlike the Job's own, it leaves the pod where it is, with its log.
        activeDeadlineSeconds: job.deadlineSeconds,
        restartPolicy: "Never",
        serviceAccountName: job.serviceAccountName,
        volumes: [...volumes, ...files.volumes],
        ...(initContainers.length > 0 && { initContainers }),
        containers: steps.slice(-1),
      },
    },
  };
}

/**
 * The container that waits until what the service needs takes connections. Not what it would do without: of services that
 * use each other in this way, each would wait for the other.
 */
function connections<Text>(service: Service, services: Service[], job: ServiceJob<Text>) {
  const needed = services.filter(({ name }) => service.uses?.includes(name));
  if (needed.length === 0) return [];
  const within = job.role === "task" ? taskConnectionsWithin : job.deadlineSeconds - margin;
  return [
    {
      ...containerDefaults(),
      name: connectionsContainer,
      image: job.readinessImage,
      command: connectionsCommand(needed, within),
      resources: containerResources(jobResources),
    },
  ];
}

function stepName(role: ServiceJobRole, index: number): string {
  return `${role}-${String(index + 1)}`;
}

/** Names of the containers that run the commands of a Job's pod, in their order. */
export function stepsOf(
  role: string | undefined,
  {
    initContainers = [],
    containers,
  }: { initContainers?: { name: string }[]; containers: { name: string }[] },
): string[] {
  const all = [...initContainers, ...containers].map(({ name }) => name);
  return all.filter((name) => stepOf(role, name));
}

/** Whether a container of that name runs one of the commands of a Job with that role. */
export function stepOf(role: string | undefined, container: string): boolean {
  return role !== undefined && new RegExp(`^${role}(-\\d+)?$`).test(container);
}

/** What the pods of a service's Jobs take, each as much as the largest of its containers, which run one after the other. */
export function serviceJobDemands(service: Service): Needs[] {
  const { before, tasks = {}, uses = [] } = service;
  const jobs = (before === undefined ? 0 : 1) + Object.keys(tasks).length;
  const own = containerResources(service);
  const demands = uses.length === 0 ? own : sharedBy([own, containerResources(jobResources)], []);
  return Array.from({ length: jobs }, () => demands);
}
