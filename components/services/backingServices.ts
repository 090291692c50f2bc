import * as pulumi from "@pulumi/pulumi";
import {
  type Catalogue,
  checkCatalogue,
  checkDrainSeconds,
  checkGivenMetadata,
  checkGraph,
  checkImageSource,
  checkPlacement,
  checkServiceSecrets,
  checkOptionalUses,
  defaultReadyWithinSeconds,
  imageReference,
  type ImageSource,
  type Placement,
  publishedPrefix,
  type Service,
  shown,
  subset,
} from "../model/index.ts";
import { checkPinned } from "./pinned.ts";
import { ServiceDeployment } from "./serviceDeployment.ts";
import { createPassword, passwordOwners } from "./generatedPassword.ts";
import { existence, knownAfter } from "./knownAfter.ts";
import { formerly } from "../formerType.ts";
import { validated } from "../validation.ts";
import { checkReadyWithin } from "./workload.ts";

export interface BackingServicesArgs {
  /** Namespace that the services run in. */
  namespace: pulumi.Input<string>;
  /** Services and functions to choose from, such as `sockShop`. */
  catalogue: Catalogue;
  /** Names of the services that are wanted; what these use comes with them. Default: `[]`. */
  names?: string[];
  /** Functions of the catalogue that are wanted, such as `login` of Sock Shop's. Default: `[]`. */
  functions?: string[];
  /** Where the images are pulled from. Default: `docker.io`. */
  imageSource?: ImageSource;
  /**
   * Secret environment variables of these services, by the service's name; kept in Secrets and always treated as
   * secrets. Default: `{}`.
   */
  serviceSecrets?: Record<string, Record<string, pulumi.Input<string>>>;
  /** Services that run beside these, which these may use where they are deployed. Default: `[]`. */
  neighbours?: Service[];
  /** Names of the Secrets with which the images are pulled. Default: `[]`. */
  pullSecrets?: pulumi.Input<string>[];
  /** Where the pods run. Default: anywhere. */
  placement?: Placement;
  /** Whether a new pod starts before the old one ends, for which the quota needs room. Default: `true`. */
  surge?: boolean;
  /**
   * Seconds for which pods of a service that is `exposed` answer on once they are to end, while the gateway learns of it; for
   * Kubernetes 1.30 and later. Default: `0`.
   */
  drainSeconds?: number;
  /** Whether nodes that are drained take one pod of a service at a time, where it has several. Default: `false`. */
  disruptionBudget?: boolean;
  /** Seconds until each Deployment must be available, after what runs `before` it. Default: `140`. */
  readyWithinSeconds?: number;
  /**
   * Image with Node 22 or later as `node`, by digest, in which what runs `before` a service, and its tasks, wait until
   * what the service uses takes connections. Default: each service's own image.
   */
  readinessImage?: pulumi.Input<string>;
  /** Whether the services' tasks run by themselves, at their times. Default: `false`. */
  runTasks?: boolean;
  /**
   * What images that are named by a tag mean: reference by tag to the one by digest, also of containers beside the services.
   * Default: `{}`, all are named by digest.
   */
  pinnedImages?: Record<string, pulumi.Input<string>>;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/** What runs beside an application: services of a catalogue and what these use, with passwords of their own. */
export class BackingServices extends pulumi.ComponentResource {
  /** Service name to `host:port`. */
  public readonly addresses: Record<string, pulumi.Output<string>>;
  /** Service name to the image that it runs. */
  public readonly images: Record<string, pulumi.Output<string>>;
  /** Service name to what its pods run, for a `ReadinessCheck`. */
  public readonly revisions: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: BackingServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, labels = {}, annotations = {}, pullSecrets = [], placement = {} } = args;
    const { surge = true, serviceSecrets = {}, readinessImage, runTasks = false, pinnedImages = {} } = args;
    const { drainSeconds = 0, disruptionBudget = false } = args;
    const { imageSource = { prefix: publishedPrefix }, readyWithinSeconds = defaultReadyWithinSeconds } =
      args;
    const services = validated("BackingServices", name, args, ["namespace", "readinessImage"], () => {
      checkReadyWithin(readyWithinSeconds);
      checkDrainSeconds(drainSeconds);
      checkPlacement(placement);
      checkGivenMetadata(args);
      checkImageSource("imageSource", imageSource);
      checkCatalogue("catalogue", args.catalogue);
      checkOptionalUses([...args.catalogue.services, ...(args.neighbours ?? [])]);
      const chosen = subset(args.catalogue, args);
      const all = [...chosen, ...(args.neighbours ?? [])];
      checkGraph(all);
      checkServiceSecrets("serviceSecrets", serviceSecrets, chosen, all);
      for (const { name: service, image } of chosen)
        checkPinned(`image of service ${shown(service)}`, imageReference(image, imageSource), pinnedImages);
      return chosen;
    });
    const graph = [...services, ...(args.neighbours ?? [])];
    super("dynamic-environments:index:BackingServices", name, {}, formerly("SockShop", opts));
    const { deletedWith } = opts ?? {};
    // Children inherit it from the engine, but a component learns of it only when it is told.
    const child = { parent: this, ...(deletedWith && { deletedWith }) };
    const passwords = passwordOwners(services, graph).map((owner) =>
      createPassword(name, owner, { namespace, labels, annotations }, child),
    );
    this.addresses = {};
    this.images = {};
    this.revisions = {};
    const common = {
      ...{
        namespace,
        pullSecrets,
        placement,
        surge,
        drainSeconds,
        disruptionBudget,
        readyWithinSeconds,
        runTasks,
        pinnedImages,
      },
      ...{ labels, annotations },
      ...(readinessImage !== undefined && { readinessImage }),
    };
    for (const service of services) {
      const reference = imageReference(service.image, imageSource);
      const image = pinnedImages[reference] ?? reference;
      const deployment = new ServiceDeployment(
        `${name}-${service.name}`,
        {
          ...common,
          service,
          services: graph,
          image: knownAfter(image, existence(passwords)),
          secrets: serviceSecrets[service.name] ?? {},
        },
        child,
      );
      if (service.port !== undefined) this.addresses[service.name] = deployment.address;
      this.images[service.name] = pulumi.output(image);
      this.revisions[service.name] = deployment.revision;
    }
    this.registerOutputs({ addresses: this.addresses, images: this.images, revisions: this.revisions });
  }
}
