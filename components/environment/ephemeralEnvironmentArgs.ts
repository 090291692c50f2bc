import type * as pulumi from "@pulumi/pulumi";
import type {
  Catalogue,
  ImageSource,
  IngressController,
  Placement,
  ResourceCap,
  Service,
  Trust,
} from "../model/index.ts";
import type { ImageBuild } from "../services/applicationImage.ts";
import type { RegistryLogin } from "./registrySecret.ts";

export interface EphemeralEnvironmentArgs {
  /** Name of the stack that owns the environment; the namespace's name derives from it alone. */
  stack: string;
  /** Path of the project, recorded for cleanup. */
  project: string;
  /** Branch or tag, recorded for cleanup. */
  ref: string;
  /** Commit that the application's image was built from; the environment is ready when the application reports it. */
  commit: string;
  /** The service under test; what it uses comes with it. */
  application: Service;
  /** Image of the service under test, by digest. Default: none, `build` is given. */
  image?: pulumi.Input<string>;
  /** How that image is built and pushed; not with trust `fork`. Default: none, `image` is given. */
  build?: ImageBuild;
  /** Environment variables of the service under test. Default: `{}`. */
  config?: Record<string, pulumi.Input<string>>;
  /** Secret environment variables of the service under test; left out with trust `fork`. Default: `{}`. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Secret environment variables of services of the catalogue, by the service's name; left out with trust `fork`. Default: `{}`. */
  serviceSecrets?: Record<string, Record<string, pulumi.Input<string>>>;
  /** Names of services that are deployed beside what the service under test uses. Default: `[]`. */
  services?: string[];
  /** Names of functions whose services are deployed, too, such as `login`. Default: `[]`. */
  functions?: string[];
  /** Services and functions to choose from, such as `sockShop`. Default: none. */
  catalogue?: Catalogue;
  /** Where the images of these services are pulled from. Default: `docker.io`. */
  images?: ImageSource;
  /** Logins with which images are pulled; left out with trust `fork`. Default: `[]`. */
  registries?: RegistryLogin[];
  /** Content of an existing Docker configuration with further logins; left out with trust `fork`. Default: none. */
  dockerConfig?: pulumi.Input<string>;
  /** Whose code runs in the environment. docs/trust.md says what follows from it. Default: `trusted`. */
  trust?: Trust;
  /** How long it may exist, at most `30d`, such as `90m` or `4h`. Default: `24h`; with trust `fork` `4h`, at most `7d`. */
  ttl?: string;
  /**
   * When it is deployed, recorded for cleanup, such as `2026-03-01T12:00:00Z`; its life begins anew then. Default:
   * none, its life begins when it is created.
   */
  deployedAt?: string;
  /** The most that the environment may need; more is an error before anything is created. Default: no cap. */
  cap?: ResourceCap;
  /** Where the pods run. Default: anywhere. */
  placement?: Placement;
  /** The cluster's ingress controller, which may call the services that are `exposed`. Default: nobody outside may. */
  ingressController?: IngressController;
  /** Names of people who may look into the environment and restart what is in it. Default: `[]`. */
  users?: string[];
  /** Names of groups of such people. Default: `[]`. */
  groups?: string[];
  /** Image of the readiness Job, with Node 22 or later. Default: the application's image. */
  readinessImage?: pulumi.Input<string>;
  /** Command that tests the environment, in the application's image. */
  testCommand: string[];
  /** Seconds until the environment must be ready. Default: `140`. */
  readyWithinSeconds?: number;
}
