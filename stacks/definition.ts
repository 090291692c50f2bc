import type * as pulumi from "@pulumi/pulumi";
import type { Catalogue, DeployedService, EnvironmentTest, PodSecurity } from "../components/index.ts";

/** How a service's image is built; where to and for which commit, the settings say. */
export interface Build {
  /** Folder that is sent to the builder, relative to the program. */
  context: string;
  /** Path of the Dockerfile, relative to the program. Default: `Dockerfile` in the context. */
  dockerfile?: string;
  /** Arguments of the Dockerfile beside `COMMIT`, and beside `BASE` where the setting `baseImage` gives one. Default: `{}`. */
  args?: Record<string, pulumi.Input<string>>;
  /** Stage of the Dockerfile that is built. Default: the last one. */
  target?: string;
  /** Platform that is built for. Default: `linux/amd64`. */
  platform?: string;
}

/** A service of the project: its name is the key that it has in the definition. */
export interface OwnService extends Omit<DeployedService, "name" | "build" | "secrets"> {
  /** Folder with its Dockerfile, relative to the program, or more of how its image is built. Default: none, `image` is given. */
  build?: string | Build;
  /**
   * Names of environment variables whose values are secret: each is `pulumi config set --secret NAME`, else the variable
   * of that name where the program runs. Forks get none. Default: `[]`.
   */
  secrets?: string[];
  /**
   * Folder with its migrations, relative to the program: a release holds their names, so that a rollback can tell which the
   * earlier one does not know. Default: none.
   */
  migrations?: string;
}

/** Tests of the project: in an image of their own, which is built or given, in a service's, or in the application's. */
export interface OwnTest extends Omit<EnvironmentTest, "secrets"> {
  /** Folder with the Dockerfile of their own image, or more of how it is built. Default: none. */
  build?: string | Build;
  /** Names of environment variables whose values are secret, as those of a service. Default: `[]`. */
  secrets?: string[];
}

/** What a project's environments consist of, whatever commit they are for. */
export interface Definition {
  /** Name of the service under test: it tells its commit, and its image runs the tests. */
  application: string;
  /** The project's services, by their names; all of them are deployed. */
  services: Record<string, OwnService>;
  /** Services that these use and the project does not build. Default: none. */
  catalogue?: Catalogue;
  /** What tests it. */
  tests: OwnTest[];
  /**
   * Where it is looked whether all is ready, which needs Node 22 or later as `node`: in the image of one of the services, or
   * in one of its own, which is pushed to the project's registry. Default: in the application's image.
   */
  readiness?: { service: string } | { base: string };
  /** Pod Security level of the namespace; `baseline` lets services run as `user: 0`. Default: `restricted`. */
  podSecurity?: PodSecurity;
  /** Whether tasks run by themselves, at their times; `dynenv start` starts them in any case. Default: `false`. */
  runTasks?: boolean;
}
