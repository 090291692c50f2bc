import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  address,
  askedPort,
  checkDrainSeconds,
  checkFiles,
  checkGivenMetadata,
  checkServices,
  checkSetOnce,
  containerPorts,
  type GivenMetadata,
  type Placement,
  podAnnotations,
  revisionOf,
  seedAnnotation,
  seedJobName,
  selectorLabels,
  type Service,
  servicePodSpec,
  shown,
  trialSeconds,
  withGiven,
  workloadLabels,
} from "../model/index.ts";
import { createAutoscaler, createDisruptionBudget } from "./availability.ts";
import { createService } from "./clusterService.ts";
import { createFiles } from "./files.ts";
import { createSeedJob } from "./seedJob.ts";
import { createServiceAccount } from "./serviceAccount.ts";
import { createBeforeJob, createTasks } from "./serviceJobs.ts";
import { knownAfter } from "./knownAfter.ts";
import { checkPinned } from "./pinned.ts";
import { createVariables } from "./variables.ts";
import { createVolumeClaim } from "./volumeClaim.ts";
import { formerly } from "../formerType.ts";
import { validated } from "../validation.ts";
import {
  annotated,
  checkReadyWithin,
  inPlace,
  type Metadata,
  ownedByNamespace,
  workloadAnnotations,
  workloadOptions,
} from "./workload.ts";

export interface ServiceDeploymentArgs {
  /** Namespace that the service runs in. */
  namespace: pulumi.Input<string>;
  /** The service as the graph knows it. */
  service: Service;
  /** The graph that it belongs to: the addresses of what it uses become environment variables. Default: the service alone. */
  services?: Service[];
  /** Image reference, by digest. */
  image: pulumi.Input<string>;
  /**
   * Image with Node 22 or later as `node`, by digest, in which what runs `before` the service, and its tasks, wait until
   * what the service uses takes connections. Default: `image`.
   */
  readinessImage?: pulumi.Input<string>;
  /** Names of the Secrets with which the image is pulled. Default: `[]`. */
  pullSecrets?: pulumi.Input<string>[];
  /** Environment variables that are kept in a ConfigMap; a change rolls the pods. Default: `{}`. */
  variables?: Record<string, pulumi.Input<string>>;
  /** Environment variables that are kept in a Secret; always treated as secrets. A change rolls the pods. Default: `{}`. */
  secrets?: Record<string, pulumi.Input<string>>;
  /**
   * Files that are kept in a Secret, read-only: absolute path to content; always treated as secrets. A change rolls the
   * pods. Default: `{}`.
   */
  secretFiles?: Record<string, pulumi.Input<string>>;
  /** Where the pods run. Default: anywhere. */
  placement?: Placement;
  /** Whether a new pod starts before the old one ends, for which the quota needs room. Default: `true`. */
  surge?: boolean;
  /**
   * Seconds for which its pods, if it is `exposed`, answer on once they are to end, while the gateway learns of it; for
   * Kubernetes 1.30 and later. Default: `0`.
   */
  drainSeconds?: number;
  /** Whether nodes that are drained take one pod of the service at a time, where it has several. Default: `false`. */
  disruptionBudget?: boolean;
  /** Seconds until what runs `before` it must have ended, and then until the Deployment must be available. Default: `140`. */
  readyWithinSeconds?: number;
  /** Whether the service's tasks run by themselves, at their times. Default: `false`. */
  runTasks?: boolean;
  /**
   * What images of containers beside the service's own mean that are named by a tag: reference by tag to the one by digest.
   * Default: `{}`, all are named by digest.
   */
  pinnedImages?: Record<string, pulumi.Input<string>>;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/** Arguments that may be known only later. */
const inputs = ["namespace" as const, "image" as const, "readinessImage" as const];

/**
 * One service: Deployment, Service and service account. With the namespace as `deletedWith` all of them go with it, and the
 * pods end at once.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 * @see https://kubernetes.io/docs/concepts/services-networking/service/
 */
export class ServiceDeployment extends pulumi.ComponentResource {
  /** Where callers in the namespace reach the service: `host:port`; empty where it has no `port`. */
  public readonly address: pulumi.Output<string>;
  /** Names what its pods run: image, variables, command and all else of their template. A `ReadinessCheck` takes it. */
  public readonly revision: pulumi.Output<string>;

  constructor(name: string, args: ServiceDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    const { service, services = [service], placement = {}, pinnedImages = {} } = args;
    const { container, ...pod } = validated("ServiceDeployment", name, args, inputs, () => {
      checkReadyWithin(args.readyWithinSeconds);
      checkDrainSeconds(args.drainSeconds);
      checkServices([service], "service");
      checkGivenMetadata(args);
      for (const container of [...(service.initContainers ?? []), ...(service.sidecars ?? [])])
        checkPinned(
          `image of container ${shown(container.name)} of service ${shown(service.name)}`,
          container.image,
          pinnedImages,
        );
      const spec = servicePodSpec(service, services, placement, args.drainSeconds);
      checkSetOnce(service, spec.container.env, { variables: args.variables, secrets: args.secrets });
      checkFiles(service, { files: service.files, secretFiles: args.secretFiles });
      return spec;
    });
    super("dynamic-environments:index:ServiceDeployment", name, {}, formerly("AppDeployment", opts));
    const own = { name: service.name, namespace: args.namespace, labels: workloadLabels(service.name) };
    const metadata: Metadata = withGiven(own, args);
    const owners = ownedByNamespace(opts);
    const child = { parent: this };

    const account = { ...own, pullSecrets: args.pullSecrets };
    const serviceAccountName = createServiceAccount(`${name}-account`, account, args, child);
    createService(`${name}-service`, service, metadata, child);
    const claim = createVolumeClaim(`${name}-volume`, service, metadata, child);
    createAutoscaler(`${name}-autoscaler`, service, metadata, child);
    if (args.disruptionBudget === true)
      createDisruptionBudget(`${name}-disruptions`, service, metadata, child);
    const { name: _name, ...kept } = metadata;
    const envFrom = createVariables(name, args, kept, child);
    const files = createFiles(name, { ...args, files: service.files }, kept, child);
    const volumeMounts = [...container.volumeMounts, ...files.volumeMounts];
    const containers = [{ ...container, ...envFrom, volumeMounts, image: args.image }];
    const initContainers = pod.initContainers?.map(({ image: own = "", ...one }) => ({
      image: own === "" ? args.image : (pinnedImages[own] ?? own),
      ...{ ...one, ...envFrom },
      volumeMounts,
    }));
    const volumes = [...pod.volumes, ...files.volumes];
    const beside = initContainers && { initContainers };
    const spec = { ...pod, ...beside, volumes, serviceAccountName, containers };
    const { template, revision } = podTemplate(service, spec, args);
    const jobs = { ...args, serviceAccountName, envFrom, files, owners, claim };
    const before = createBeforeJob(name, jobs, child);
    const options = { ...child, ...(before && { dependsOn: before }) };
    const deployment = createDeployment(name, args, { ...metadata, ...owners }, template, options);
    createSeedJob(name, jobs, deployment, child);
    createTasks(name, jobs, { ...child, dependsOn: deployment });
    this.address = pulumi.output(address(service) ?? "");
    // Whoever looks for its pods need not begin before what comes before them has ended well.
    this.revision = before === undefined ? revision : knownAfter(revision, [before.metadata]);
    this.registerOutputs({ address: this.address, revision: this.revision });
  }
}

function createDeployment(
  name: string,
  { service, surge = true, readyWithinSeconds }: ServiceDeploymentArgs,
  metadata: Metadata,
  template: k8s.types.input.core.v1.PodTemplateSpec,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const minReadySeconds = trialSeconds(service);
  return new k8s.apps.v1.Deployment(
    name,
    {
      metadata: annotated(metadata, { ...workloadAnnotations, ...seedMark(service) }),
      spec: {
        // What the autoscaler has made of it stays.
        ...(service.autoscaling === undefined && { replicas: service.replicas ?? 1 }),
        selector: { matchLabels: selectorLabels(service.name) },
        // Two pods would write to one volume.
        strategy: rollOut(surge && service.volume === undefined),
        ...(minReadySeconds > 0 && { minReadySeconds }),
        template,
      },
    },
    { ...opts, ...inPlace, ...workloadOptions(readyWithinSeconds) },
  );
}

/** Says that a Job fills the service once it is ready, since that Job cannot be seen before. */
function seedMark(service: Service): Record<string, string> {
  return service.seed === undefined ? {} : { [seedAnnotation]: seedJobName(service, service.seed) };
}

type PodSpec = k8s.types.input.core.v1.PodSpec & { containers: k8s.types.input.core.v1.Container[] };

/** Template of a service's pods, whose first port has the name of their revision where it is asked. */
function podTemplate(service: Service, { containers, ...spec }: PodSpec, given: GivenMetadata) {
  const own = { labels: workloadLabels(service.name), annotations: podAnnotations(service) };
  const metadata = withGiven(own, given);
  const whole = pulumi.output({ metadata, spec: { ...spec, containers } });
  // A hash, which may be read though the image's name is a secret.
  const revision = pulumi.unsecret(whole.apply(revisionOf));
  const ports = namedPorts(service, revision);
  return {
    revision,
    template: { metadata, spec: { ...spec, containers: containers.map((one) => ({ ...one, ...ports })) } },
  };
}

function namedPorts(service: Service, name: pulumi.Output<string>) {
  const [first, ...others] = containerPorts(service);
  if (first === undefined || askedPort(service) === undefined) return {};
  return { ports: [{ ...first, name }, ...others] };
}

/** All at once, which the quota has room for. Without a surge, pods that still end count against it: these go first. */
function rollOut(surge: boolean) {
  return surge
    ? { type: "RollingUpdate", rollingUpdate: { maxSurge: "100%", maxUnavailable: 0 } }
    : { type: "Recreate" };
}
