/** What one container may use, in Kubernetes quantities such as `100m` and `128Mi`. */
export interface Resources {
  /** CPU, in cores (`1.5`) or millicores (`100m`). */
  cpu: string;
  /** Memory, in bytes with a unit such as `Mi` or `Gi`. */
  memory: string;
  /**
   * Room on the node's disk for logs, writable paths and whatever else it writes, in bytes with a unit such as `Gi`.
   * Default: `64Mi` as a request; `1Gi` as a limit, and what the sizes of `writablePaths` add to it.
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

/** Which requests from outside reach a service. */
export interface Exposure {
  /** Path that they begin with. Default: `/`, all of them. */
  path?: string;
  /** Name of the one of `ports`, over TCP, that they reach. Default: `port`. */
  port?: string;
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
  /** What is run, in the service's image, with its environment and what it gives to its users. */
  command: string[];
  /** Files for the command, below `/seed`: name to content. Default: `{}`. */
  files?: Record<string, string>;
}

/** A further port of a service. */
export interface Port {
  /** Port of the Service: the one that callers use. */
  port: number;
  /** Port that the container listens on: above 1023, unless it runs as root. Default: `port`. */
  containerPort?: number;
  /** `TCP` or `UDP`. Default: `TCP`. */
  protocol?: string;
}

/** What the kubelet asks to learn whether a pod is ready: one of the two. */
export interface Probe {
  /** Command that ends with 0, within five seconds, in a container that is ready. Default: none, `grpcPort` is given. */
  command?: string[];
  /** Port of the container that answers gRPC's health checks. Default: none, `command` is given. */
  grpcPort?: number;
}

/** What the kubelet asks to learn whether a container has to be started again. */
export interface Liveness {
  /** Path that answers with a status from 200 to 399 as long as the process works, whatever the services that it uses do. */
  path: string;
  /** Name of the one of `ports`, over TCP, that answers. Default: the one that tells whether the service is ready. */
  port?: string;
}

/** How many pods a service has, by how busy they are. */
export interface Autoscaling {
  /** Pods at least, 1 to 100. */
  min: number;
  /** Pods at most, 1 to 100. */
  max: number;
  /** How busy they are to be on average, in percent of the CPU that they request. */
  cpuPercent: number;
}

/** A folder whose content outlives the pods of a service. */
export interface Volume {
  /** Room, in bytes with a unit such as `Gi`. It can grow where its storage class allows it, and never shrink. */
  size: string;
  /** Storage class that provides it. Default: the cluster's own default. */
  storageClass?: string;
  /**
   * The one of `writablePaths` that it is. Default: the only one that is not for one run alone, as `/tmp`, `/run` and
   * `/var/run` are.
   */
  path?: string;
}

/** What is other of a service where its data is kept. */
export interface WithVolume {
  /** Arguments in place of `args`. Default: these. */
  args?: string[];
  /** Environment variables that win over those of `environment`. Default: `{}`. */
  environment?: Record<string, string>;
}

/** A value in a Secret of the namespace that somebody else made. */
export interface SecretRef {
  /** Name of the Secret. */
  secret: string;
  /** Key of the value. */
  key: string;
}

/** A container beside a service's own, in each of its pods, with the service's variables, files and folders. */
export interface Companion {
  /** DNS label, another one than those of the service and of its other containers. */
  name: string;
  /** Image, by tag or digest. Default: the service's. */
  image?: string;
  /** Replaces the image's entry point. Default: the image's. */
  command?: string[];
  /** Arguments; `$(NAME)` takes the value of an environment variable. Default: the image's. */
  args?: string[];
  /** Environment variables beside those of the service, over which they win. Default: `{}`. */
  environment?: Record<string, string>;
  /** What it is scheduled with. Default: as a service's. */
  requests?: Resources;
  /** What it may use at most. Default: as a service's. */
  limits?: Resources;
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
  /** Port of the Service, over TCP: the one that callers use. Default: none, as of a worker that nobody calls. */
  port?: number;
  /** Port that the container listens on: above 1023, unless it runs as root. Default: `port`. */
  containerPort?: number;
  /**
   * Further ports, by names of at most 15 lower-case letters, digits and dashes: whoever uses the service may call them
   * all, and finds that of the port `metrics` of `api` in `API_METRICS_ADDRESS`. Default: `{}`.
   */
  ports?: Record<string, Port>;
  /**
   * Path that answers 200 when the service works. A JSON body in Sock Shop's form
   * (`{"health": [{"service": ..., "status": "OK"}]}`) counts as healthy only if every status is `OK`,
   * since those services answer 200 even when their database is down.
   * Default: a TCP connection counts as healthy.
   */
  healthPath?: string;
  /**
   * Name of the one of `ports`, over TCP, that answers `healthPath` and `commitPath`, or takes the connection instead.
   * Default: `port`, else the first over TCP.
   */
  healthPort?: string;
  /**
   * Path that answers `{"commit": ...}` with the commit that the image was built from.
   * Default: the commit is not checked.
   */
  commitPath?: string;
  /**
   * What the kubelet asks instead of the page or the connection. Default: the page or the connection; where a service has
   * neither, its pods count once they have run for five seconds.
   */
  probe?: Probe;
  /** What the kubelet asks to learn whether a container is to be started again. Default: it asks nothing. */
  liveness?: Liveness;
  /**
   * Seconds in which a container must have started, as its probe tells, or is started again. Default: it may take until
   * the environment must be ready.
   */
  startsWithinSeconds?: number;
  /** Names of the services that this one cannot do without; they are deployed with it. Default: `[]`. */
  uses?: string[];
  /** Services that this one calls where they are deployed. Default: `[]`. */
  optionalUses?: OptionalUse[];
  /** Whether requests from outside reach it through the cluster's gateway. Default: `false`; with `exposure` `true`. */
  exposed?: boolean;
  /** Which requests from outside reach it. Default: all of them, at `port`. */
  exposure?: Exposure;
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
  /**
   * Environment variables whose values are in Secrets of the namespace that somebody else made, for environments that stay:
   * variable to Secret and key. Default: `{}`.
   */
  secretRefs?: Record<string, SecretRef>;
  /**
   * Environment variables of the services that use this one, beside its address: variable to text. `$(ADDRESS)` becomes
   * `host:port`, `$(HOST)` and `$(PORT)` its parts, and `$(PASSWORD)` the service's generated password, which its users
   * then have in a variable of its own, too, such as `POSTGRES_PASSWORD`. What a user sets itself wins.
   * Default: `{}`.
   */
  gives?: Record<string, string>;
  /** Files for the container, read-only: absolute path to content. A change rolls the pods. Default: `{}`. */
  files?: Record<string, string>;
  /** Folder that the process starts in. Default: the image's. */
  workingDirectory?: string;
  /**
   * Folders that the service writes to; each becomes an emptyDir, all else is read-only. A size may follow, such as
   * `/var/lib/data:2Gi`; else it is what the pod may use of the node's disk. Default: `[]`.
   */
  writablePaths?: string[];
  /** Whether all of the image is read-only; false for an image that writes beside the data that it brings. Default: `true`. */
  readOnlyRootFilesystem?: boolean;
  /**
   * Numeric user and group of the process. `0`, with the capabilities that runtimes give to root, needs an environment
   * whose `podSecurity` is `baseline`. Default: `10001`.
   */
  user?: number;
  /** Capabilities that the image's binary carries and that therefore must stay available. Default: `[]`. */
  capabilities?: string[];
  /** Pods of the service. Default: `1`; none where `autoscaling` says how many. */
  replicas?: number;
  /** How many pods the service has, in place of `replicas`; for environments that stay. Default: always as many. */
  autoscaling?: Autoscaling;
  /**
   * The one of `writablePaths` whose content outlives the pods, for environments that stay. One pod has it: the next one
   * starts once it has ended. Default: none, all folders are empty when a pod starts.
   */
  volume?: Volume;
  /** What is other where it has a `volume`, such as how soon a database writes to the disk. Default: nothing. */
  withVolume?: WithVolume;
  /** Seconds that a pod has to end, from SIGTERM to SIGKILL. Default: `1`; with a `volume` `30`. */
  gracePeriodSeconds?: number;
  /** What a pod is scheduled with. Default: `50m` of CPU and `128Mi` of memory, or its limits where these are less. */
  requests?: Resources;
  /** What a pod may use at most. Default: one core and `512Mi` of memory, or what it requests where that is more. */
  limits?: Resources;
  /** Containers that run, one after the other, before the service's own starts. Default: `[]`. */
  initContainers?: Companion[];
  /** Containers that run beside the service's own, and start before all others. Default: `[]`. */
  sidecars?: Companion[];
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

/** An image in a public registry. */
export interface PublishedImage {
  /** Repository, such as `weaveworksdemos/catalogue`; with a registry's host in front, it is pulled from there alone. */
  repository: string;
  /** Tag; with a digest, the one that it had, for people to read. */
  tag: string;
  /** `sha256:` and 64 hexadecimal digits. Default: the one that the tag has when its commit is first deployed. */
  digest?: string;
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
