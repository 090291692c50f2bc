/** What one container may use, in Kubernetes quantities such as `100m` and `128Mi`. */
export interface Resources {
  /** CPU, in cores (`1.5`) or millicores (`100m`). */
  cpu: string;
  /** Memory, in bytes with a unit such as `Mi` or `Gi`. */
  memory: string;
  /**
   * Room on the node's disk for logs, writable paths and whatever else it writes, in bytes with a unit such as `Gi`.
   * Default: `64Mi` as a request, `1Gi` as a limit.
   */
  ephemeralStorage?: string;
}

/** A service that is called where it is deployed, and done without where it is not. */
export interface OptionalUse {
  /** Name of the service. */
  service: string;
  /** Environment variables that are set only where that service is deployed. Default: `{}`. */
  environment?: Record<string, string>;
}

/** A destination outside of the namespace. */
export interface Egress {
  /** Addresses, such as `203.0.113.0/24`; the metadata address of clouds is never among them. */
  cidr: string;
  /** TCP port, 1 to 65535. */
  port: number;
}

/** Fills a service with data: a Job that runs once the service is up, and again only when its content changes. */
export interface Seed {
  /** What is run, in the service's image and with its environment. */
  command: string[];
  /** Files for the command, below `/seed`: name to content. Default: `{}`. */
  files?: Record<string, string>;
}

/** Work that a service does at times: a CronJob in its image and with its environment. */
export interface Task {
  /** What is run. */
  command: string[];
  /** When it runs by itself, in UTC: the five fields of a CronJob's schedule, such as `0 3 * * *`, or `@daily`. */
  schedule: string;
  /** Seconds that a run may take. Default: `3600`. */
  withinSeconds?: number;
}

/** A node of the service graph: everything that an environment derives from a service. */
export interface Service {
  /** DNS label with a letter first. Names the Service, the Deployment and the service account; callers use it as host name. */
  name: string;
  /** Port of the Service: the one that callers use. */
  port: number;
  /** Port that the container listens on: above 1023, since no container runs as root. */
  containerPort: number;
  /**
   * Path that answers 200 when the service works. A JSON body in Sock Shop's form
   * (`{"health": [{"service": ..., "status": "OK"}]}`) counts as healthy only if every status is `OK`,
   * since those services answer 200 even when their database is down.
   * Default: a TCP connection counts as healthy.
   */
  healthPath?: string;
  /**
   * Path that answers `{"commit": ...}` with the commit that the image was built from.
   * Default: the commit is not checked.
   */
  commitPath?: string;
  /** Names of the services that this one cannot do without; they are deployed with it. Default: `[]`. */
  uses?: string[];
  /** Services that this one calls where they are deployed. Default: `[]`. */
  optionalUses?: OptionalUse[];
  /** Whether the cluster's ingress controller may call it. Default: `false`. */
  exposed?: boolean;
  /** Destinations outside of the namespace that it may call. Default: `[]`. */
  egress?: Egress[];
  /** Replaces the image's entry point. Default: the image's. */
  command?: string[];
  /** Arguments; `$(NAME)` takes the value of an environment variable. Default: the image's. */
  args?: string[];
  /** Environment variables beside those that follow from `uses`. Default: `{}`. */
  environment?: Record<string, string>;
  /** Environment variables that hold a generated password: variable to the service that owns the password. Default: `{}`. */
  passwords?: Record<string, string>;
  /** Folders that the service writes to; each becomes an emptyDir, all else is read-only. Default: `[]`. */
  writablePaths?: string[];
  /** Whether all of the image is read-only; false for an image that writes beside the data that it brings. Default: `true`. */
  readOnlyRootFilesystem?: boolean;
  /** Numeric user and group of the process. Default: `10001`. */
  user?: number;
  /** Capabilities that the image's binary carries and that therefore must stay available. Default: `[]`. */
  capabilities?: string[];
  /** Pods of the service. Default: `1`. */
  replicas?: number;
  /** What a pod is scheduled with. */
  requests: Resources;
  /** What a pod may use at most. */
  limits: Resources;
  /** Fills the service with data. Default: nothing does. */
  seed?: Seed;
  /**
   * Commands that run one after the other, in the service's image and with its environment, before any of its pods starts,
   * such as migrations: once for each image. Default: nothing does.
   */
  before?: string[][];
  /**
   * Tasks by name, which is a DNS label of at most 47 characters and that of no other task. They run at their times only
   * where the environment says so, and whenever `dynenv start` is told to. Default: `{}`.
   */
  tasks?: Record<string, Task>;
}

/** An image in a public registry, pinned by digest. */
export interface PublishedImage {
  /** Repository without the registry's host, such as `weaveworksdemos/catalogue`. */
  repository: string;
  /** Tag that the digest had, for people to read. */
  tag: string;
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
}

/** A service whose image is published. */
export interface CatalogueService extends Service {
  /** The image. */
  image: PublishedImage;
}

/** Services that environments can choose from, and names for sets of them. */
export interface Catalogue {
  /** The services; each name once. */
  services: CatalogueService[];
  /** Function, such as `login`, to the services that it needs; what these use comes with them. */
  functions: Record<string, string[]>;
}
