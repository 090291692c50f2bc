/** What one container may use, in Kubernetes quantities such as `100m` and `128Mi`. */
export interface Resources {
  cpu: string;
  memory: string;
}

/** A node of the service graph: everything that an environment derives from a service. */
export interface Service {
  /** DNS label. Names the Service, the Deployment and the service account; callers use it as host name. */
  name: string;
  /** Port of the Service: the one that callers use. */
  port: number;
  /** Port that the container listens on: above 1023, since no container runs as root. */
  containerPort: number;
  /**
   * Path that answers 200 when the service works. A JSON body in Sock Shop's form
   * (`{"health": [{"service": ..., "status": "OK"}]}`) counts as healthy only if every status is `OK`,
   * since those services answer 200 even when their database is down.
   * @default - a TCP connection counts as healthy.
   */
  healthPath?: string;
  /**
   * Path that answers `{"commit": ...}` with the commit that the image was built from.
   * @default - the commit is not checked.
   */
  commitPath?: string;
  /** Names of the services that this one calls. @default [] */
  uses?: string[];
  /** Replaces the image's entry point. @default - the image's. */
  command?: string[];
  /** Arguments; `$(NAME)` takes the value of an environment variable. @default - the image's. */
  args?: string[];
  /** Environment variables beside those that follow from `uses`. @default {} */
  environment?: Record<string, string>;
  /** Environment variables that hold a generated password: variable to the service that owns the password. @default {} */
  passwords?: Record<string, string>;
  /** Folders that the service writes to; each becomes an emptyDir, all else is read-only. @default [] */
  writablePaths?: string[];
  /** Numeric user and group of the process. @default 10001 */
  user?: number;
  /** Capabilities that the image's binary carries and that therefore must stay available. @default [] */
  capabilities?: string[];
  requests: Resources;
  limits: Resources;
}

/** An image in a public registry, pinned by digest. */
export interface PublishedImage {
  /** Repository without the registry's host, such as `weaveworksdemos/catalogue`. */
  repository: string;
  tag: string;
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
}

/** A service whose image is published. */
export interface CatalogueService extends Service {
  image: PublishedImage;
}
