import type * as pulumi from "@pulumi/pulumi";
import type {
  Catalogue,
  EnvironmentKind,
  Gateway,
  ImageSource,
  Placement,
  PodSecurity,
  ResourceCap,
  Trust,
} from "../model/index.ts";
import type { TestSuite } from "../checks/testSuite.ts";
import type { DeployedService } from "../services/deployedService.ts";
import type { RegistryLogin } from "./registrySecret.ts";

/** What an environment is made for, recorded for cleanup. */
export interface EnvironmentIdentity {
  /** Name of the stack that owns the environment; the namespace's name derives from it alone. */
  stack: string;
  /** Path of the project. */
  project: string;
  /** Branch or tag. */
  ref: string;
  /** Commit that the application's image was built from; the environment is ready when the application reports it. */
  commit: string;
  /** Number of the merge request or pull request that it is deployed for. Default: none. */
  mergeRequest?: string;
}

/** What runs beside the application. */
export interface Backing {
  /** Services and functions to choose from, such as `sockShop`. Default: none. */
  catalogue?: Catalogue;
  /** Names of services that are deployed beside what the application uses. Default: `[]`. */
  names?: string[];
  /** Names of functions whose services are deployed, too, such as `login`. Default: `[]`. */
  functions?: string[];
  /** Where the images of these services are pulled from. Default: `docker.io`. */
  imageSource?: ImageSource;
  /** Secret environment variables of these services, by the service's name; left out with trust `fork`. Default: `{}`. */
  serviceSecrets?: Record<string, Record<string, pulumi.Input<string>>>;
}

/** Logins with which images are pulled. */
export interface Registry {
  /** Logins to one or several registries. Default: `[]`. */
  logins?: RegistryLogin[];
  /** Content of an existing Docker configuration with further logins. Default: none. */
  dockerConfig?: pulumi.Input<string>;
}

/** How long an environment may exist. */
export interface Lifetime {
  /** At most `30d`, such as `90m` or `4h`. Default: `24h`; with trust `fork` `4h`, at most `7d`. */
  ttl?: string;
  /**
   * When it is deployed, such as `2026-03-01T12:00:00Z`; its life begins anew then.
   * Default: none, its life begins when it is created.
   */
  deployedAt?: string;
}

/** Who may look into an environment. */
export interface Access {
  /** Names of people who may look into the environment and restart what is in it. Default: `[]`. */
  users?: string[];
  /** Names of groups of such people. Default: `[]`. */
  groups?: string[];
}

/** Tests of an environment that run together, in one image. */
export interface EnvironmentTest extends TestSuite {
  /** Image that holds the tests, by tag or digest. Default: that of `service`. */
  image?: pulumi.Input<string>;
  /** Name of the service in whose image they run, without an image of their own. Default: the application's. */
  service?: string;
}

/** When an environment is ready, and what looks. */
export interface Readiness {
  /**
   * Image of the readiness Job, and of what waits for connections in other Jobs, by digest, with Node 22 or later as `node`.
   * Default: that of `service`.
   */
  image?: pulumi.Input<string>;
  /** Name of one of the project's own services whose image has Node 22 or later as `node`. Default: the application. */
  service?: string;
  /** Seconds until the environment must be ready. Default: `140`. */
  withinSeconds?: number;
}

export interface EphemeralEnvironmentArgs {
  /** What it is made for. */
  identity: EnvironmentIdentity;
  /** The service under test; what it uses comes with it. */
  application: DeployedService;
  /** The project's other services, such as its workers; all of them are deployed. Default: `[]`. */
  services?: DeployedService[];
  /** What runs beside these, from a catalogue. Default: nothing. */
  backing?: Backing;
  /** Logins with which images are pulled; left out with trust `fork`. Default: none. */
  registry?: Registry;
  /** Whose code runs in the environment. docs/trust.md says what follows from it. Default: `trusted`. */
  trust?: Trust;
  /**
   * Level of the Pod Security Standards that is enforced. `baseline` lets services run as `user: 0`; the line of `lowest`
   * in ci/admission.yaml has to admit it. Default: `restricted`.
   */
  podSecurity?: PodSecurity;
  /** What it is there for: a `standing` one has no end, and is removed by its name alone. Default: `preview`. */
  kind?: EnvironmentKind;
  /** How long a preview may exist. Default: what its trust says, from when it is created. */
  lifetime?: Lifetime;
  /** The most that the environment may need; more is an error before anything is created. Default: no cap. */
  cap?: ResourceCap;
  /** Where the pods run. Default: anywhere. */
  placement?: Placement;
  /** Who may look into it. Default: who may in the whole cluster. */
  access?: Access;
  /** The cluster's gateway, by which the services that are `exposed` have addresses. Default: nobody outside may call them. */
  gateway?: Gateway;
  /** What tests it: one suite or several, each with a name of its own. */
  tests: EnvironmentTest[];
  /** When it is ready, and what looks. Default: within 140 seconds, in the application's image. */
  readiness?: Readiness;
  /** Whether tasks of its services run by themselves, at their times; `dynenv start` starts them in any case. Default: `false`. */
  runTasks?: boolean;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}
