import * as k8s from "@pulumi/kubernetes";
import {
  askedServices,
  checkGateway,
  checkGivenMetadata,
  checkGraph,
  checkPlacement,
  checkRevisions,
  defaultReadyWithinSeconds,
  type Gateway,
  jobLabels,
  markAnnotations,
  ownerLabels,
  type Placement,
  readinessArgument,
  readinessCommand,
  readinessJobName,
  type ReadinessTarget,
  readinessTargets,
  revisionPorts,
  revisionsAnnotation,
  revisionServiceName,
  routes,
  type Service,
  startFolder,
  testRunnerJobSpec,
  throughGateway,
  throughRevisions,
  withGiven,
} from "../model/index.ts";
import * as pulumi from "@pulumi/pulumi";
import { validated } from "../validation.ts";
import { checkReadyWithin, ownedByNamespace, jobAnnotations, workloadOptions } from "../services/workload.ts";

/**
 * The Job's program ends so long before the time is over, its Job so long after, and Pulumi's wait so long after that:
 * what says most comes first. The program's time begins with its pod, whatever the pull of its image takes.
 */
const margin = 10;

export interface ReadinessCheckArgs {
  /** Namespace whose services are checked. */
  namespace: pulumi.Input<string>;
  /** Services that must answer, dependencies first: those that do not are named in this order. */
  services: Service[];
  /** Name of the service under test, whose commit is checked. */
  application: string;
  /** Commit that the application must report. */
  commit: string;
  /** Image with Node 22 or later as `node`, by digest. */
  image: pulumi.Input<string>;
  /**
   * Revision of each service by name, from its `ServiceDeployment` or from `BackingServices`: only the pods of these revisions are
   * asked, and the check runs again when one changes.
   */
  revisions: Record<string, pulumi.Input<string>>;
  /** The cluster's gateway, through which the services that are `exposed` must answer, too. Default: they need not. */
  gateway?: Gateway;
  /** Where the check runs. Default: anywhere. */
  placement?: Placement;
  /** Service account of the Job, such as that of the `TestRunner`. */
  serviceAccountName: pulumi.Input<string>;
  /** Seconds until all services must answer. Default: `140`. */
  readyWithinSeconds?: number;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * The gate of an environment: a Job that starts with the workloads and ends well once every service answers, every
 * health body reports all dependencies as working and the application reports the commit. The provider awaits Jobs,
 * so `pulumi up` fails when this one does.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class ReadinessCheck extends pulumi.ComponentResource {
  /** The commit that the application was seen to report; empty where it has no `commitPath`. */
  public readonly readyCommit: pulumi.Output<string>;

  constructor(name: string, args: ReadinessCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    const targets = validated(
      "ReadinessCheck",
      name,
      args,
      ["namespace", "image", "serviceAccountName"],
      () => {
        checkReadyWithin(args.readyWithinSeconds);
        checkGraph(args.services);
        checkGivenMetadata(args);
        if (args.gateway !== undefined) checkGateway("gateway", args.gateway);
        checkPlacement(args.placement ?? {});
        checkRevisions(args.services, args.revisions);
        return readinessTargets(args.services, args.application, args.commit);
      },
      ["gateway"],
    );
    const { deletedWith, ...own } = opts ?? {};
    super("dynamic-environments:index:ReadinessCheck", name, {}, own);
    const withinSeconds = args.readyWithinSeconds ?? defaultReadyWithinSeconds;
    const going = { parent: this, ...(deletedWith && { deletedWith }) };
    const pods = createRevisionService(`${name}-revisions`, args, going);
    const command = readinessCommand(argumentFor(targets, pods.spec.clusterIP, args, withinSeconds - margin));
    // Deleted by itself, as the tests' CronJob is and at the same time: otherwise a destroy that meets another cluster
    // would forget it.
    const job = createJob(name, args, { command, pods, withinSeconds, ...ownedByNamespace(opts) }, this);
    const seen = targets.find(({ commitPath }) => commitPath !== undefined)?.commit ?? "";
    this.readyCommit = job.status.apply(() => seen);
    this.registerOutputs({ readyCommit: this.readyCommit });
  }
}

function createJob(
  name: string,
  args: ReadinessCheckArgs,
  check: {
    command: pulumi.Input<string>[];
    pods: k8s.core.v1.Service;
    withinSeconds: number;
    ownerReferences?: k8s.types.input.meta.v1.OwnerReference[];
  },
  parent: ReadinessCheck,
): k8s.batch.v1.Job {
  const { command, pods, withinSeconds, ...owners } = check;
  const own = {
    name: readinessJobName,
    namespace: args.namespace,
    labels: jobLabels("readiness"),
    annotations: jobAnnotations,
  };
  return new k8s.batch.v1.Job(
    name,
    {
      metadata: withGiven({ ...own, ...owners }, args),
      spec: testRunnerJobSpec<pulumi.Input<string>>({
        name: readinessJobName,
        image: args.image,
        command,
        serviceAccountName: args.serviceAccountName,
        deadlineSeconds: withinSeconds + margin,
        annotations: {
          [revisionsAnnotation]: pods.metadata.name,
          ...markAnnotations({ commit: args.commit }),
        },
        folder: startFolder,
        placement: args.placement,
        given: args,
      }),
    },
    { parent, deleteBeforeReplace: true, ...workloadOptions(withinSeconds + 2 * margin) },
  );
}

function argumentFor(
  targets: ReadinessTarget[],
  address: pulumi.Output<string>,
  { namespace, services, application, gateway }: ReadinessCheckArgs,
  withinSeconds: number,
): pulumi.Output<string> {
  return pulumi.all([address, namespace]).apply(([host, known]) => {
    const asked = throughRevisions(targets, host);
    if (gateway === undefined) return readinessArgument(asked, withinSeconds);
    const addresses = routes(services, application, known, gateway);
    return readinessArgument(throughGateway(asked, services, addresses, gateway), withinSeconds);
  });
}

/**
 * The Service through which the Job asks the pods of the given revisions, ready or not; through the services' own, pods
 * of the revision before might answer. Its name changes with the revisions, and its address with its name.
 */
function createRevisionService(
  name: string,
  { namespace, services, revisions, ...given }: ReadinessCheckArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Service {
  const known = pulumi.output(revisions);
  const names = askedServices(services).map((service) => service.name);
  return new k8s.core.v1.Service(
    name,
    {
      metadata: withGiven(
        {
          name: known.apply((all) => revisionServiceName(services, all)),
          namespace,
          labels: jobLabels("readiness"),
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        given,
      ),
      spec: {
        selector: ownerLabels,
        publishNotReadyAddresses: true,
        // One without ports has no address, and nobody to ask.
        ...(names.length > 0
          ? { ports: known.apply((all) => revisionPorts(names, all)) }
          : { clusterIP: "None" }),
      },
    },
    // After an update that failed, the way back asks for the name of before, which must not be there still.
    { ...opts, deleteBeforeReplace: true },
  );
}
